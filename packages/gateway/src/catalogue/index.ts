export { type CatalogueFolder, openCatalogueFolder } from "./folder.ts";
export { type CatalogueHolder, createCatalogueHolder } from "./holder.ts";
export { nextCatalogue } from "./next-version.ts";
