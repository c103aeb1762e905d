import { isWanted, type Subscription } from "@xinqiao/protocol/sync";
import type { VersionBefore } from "./ports.ts";

/** Whether a subscriber wants a record as it is, or what it was before it moved: one for whom lines are handed out, and waited for. */
export function hasWanted({ places, ...now }: VersionBefore["record"], subscription: Subscription): boolean {
  if (isWanted(now, subscription) || places === "unknown") return true;
  return places.some((place) => isWanted({ item: now.item, ...place }, subscription));
}
