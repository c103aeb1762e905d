export { normaliseAmount } from "./amount.ts";
export { baseCatalogue } from "./base/index.ts";
export {
  type Catalogue,
  type CatalogueDocument,
  catalogueDocumentSchema,
  indexCatalogue,
} from "./catalogue.ts";
export { dayBefore, noEndDay, normaliseDay } from "./day.ts";
export { disclosedFields } from "./disclosed-fields.ts";
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
export { type Purpose, type PurposeCode, purposeCodeSchema, purposeSchema } from "./purpose.ts";
export {
  type FieldFault,
  type FieldReason,
  type Fields,
  type RawRow,
  unlistedColumns,
  validateFields,
} from "./validate-fields.ts";
