export { openRegistryFolder, type RegistryFolder } from "./folder.ts";
export { createRegistryHolder, type RegistryHolder, type TakenVersion } from "./holder.ts";
export { nextVersion, type RegistryContent, type RegistryTerm } from "./next-version.ts";
export { watchRegistry } from "./watch.ts";
