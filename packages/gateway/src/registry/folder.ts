import { type Registry, reopenRegistry } from "@xinqiao/protocol/registry";
import { type Folder, openFolder } from "../published/index.ts";

/** Every version of the registry that a city has published, one file each. */
export type RegistryFolder = Folder<Registry>;

/** @param now milliseconds since 1970 */
export function openRegistryFolder(folder: string, now: () => number): RegistryFolder {
  return openFolder(folder, "registry", (text) => reopenRegistry(text, now()));
}
