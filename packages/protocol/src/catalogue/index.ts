export {
  type Catalogue,
  type CatalogueDocument,
  catalogueDocumentSchema,
  indexCatalogue,
} from "./catalogue.ts";
export {
  type ColumnRoles,
  columnRolesSchema,
  type DisclosureClass,
  disclosureClasses,
  type Field,
  fieldSchema,
  fieldTypes,
  type Item,
  type ItemCode,
  itemCodeSchema,
  itemSchema,
  type Label,
  labelSchema,
  maskings,
} from "./item.ts";
export { type Purpose, type PurposeCode, purposeCodeSchema, purposeSchema } from "./purpose.ts";
