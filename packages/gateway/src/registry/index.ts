export { openRegistryFolder, type RegistryFolder } from "./folder.ts";
export { createRegistryHolder, type RegistryHolder } from "./holder.ts";
export { nextVersion, type RegistryContent, type RegistryTerm } from "./next-version.ts";
