import type { NodeId } from "../identity/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { type KeyName, keyNameSchema } from "../note/index.ts";

const prefix = "xinqiao/";

/** The origin of a city's log, and the name of the keys that sign its checkpoints. */
export function logOrigin(city: NodeId): KeyName {
  return keyNameSchema.parse(prefix + city);
}

/** The name a member cosigns under. */
export function witnessName(node: NodeId): KeyName {
  return keyNameSchema.parse(prefix + node);
}

/** Whose name or origin it is; undefined when it is of no node. */
export function nodeOf(name: string): NodeId | undefined {
  return name.startsWith(prefix) ? nodeIdSchema.safeParse(name.slice(prefix.length)).data : undefined;
}
