import type { SampleItem } from "./rows/index.ts";

/** What Bao'an tells the others of: what they have to act on. */
export const sharedItems: readonly SampleItem[] = ["penalty", "red-list", "seriously-dishonest"];
