export { normaliseAmount } from "./amount.ts";
export { baseCatalogue } from "./base/index.ts";
export { type Catalogue, indexCatalogue } from "./catalogue.ts";
export { type Class, classSchema } from "./class.ts";
export { type CatalogueContent, catalogueContentSchema } from "./content.ts";
export { type Contradiction, contradictions } from "./contradictions.ts";
export { dayBefore, noEndDay, normaliseDay } from "./day.ts";
export { type CatalogueChange, diffCatalogues } from "./diff.ts";
export { disclosedFields } from "./disclosed-fields.ts";
export { type CatalogueDocument, catalogueDocumentSchema } from "./document.ts";
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
export { maskFields } from "./mask-fields.ts";
export {
  type Measure,
  measureSchema,
  type Purpose,
  type PurposeCode,
  purposeCodeSchema,
  purposeSchema,
} from "./purpose.ts";
export {
  type CatalogueAnchor,
  catalogueType,
  openCatalogue,
  type PublishedCatalogue,
  reopenCatalogue,
  signCatalogue,
  succeedCatalogue,
} from "./signed.ts";
export {
  type FieldFault,
  type FieldReason,
  type Fields,
  type RawRow,
  readFields,
  unlistedColumns,
  validateFields,
} from "./validate-fields.ts";
