import { type Registry, reopenRegistry } from "@xinqiao/protocol/registry";
import { readPublishedFile, writePublishedFile } from "../published/index.ts";

/** The version a node keeps; nothing when there is none yet. Throws a ConfigError when it is damaged. */
export function readRegistryFile(file: string, now: number): Promise<Registry | undefined> {
  return readPublishedFile(file, (text) => reopenRegistry(text, now));
}

export const writeRegistryFile: (file: string, text: string) => Promise<void> = writePublishedFile;
