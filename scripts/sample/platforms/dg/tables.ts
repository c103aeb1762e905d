import type { Field } from "@xinqiao/protocol/catalogue";
import type { SampleItem, SampleRecord } from "../../data/index.ts";
import { type Naming, type PlatformTable, platformTable } from "../table.ts";

export const schema = "credit";

/** Dongguan's platform names what it works with in English, and keeps the rest under the national names. */
const naming: Naming = {
  roles: {
    subjectName: "subject_name",
    uscc: "credit_code",
    citizenId: "id_number",
    registrationNumber: "registration_number",
    documentNumber: "document_number",
    occurredOn: "occurred_on",
    validUntil: "valid_until",
    disclosedUntil: "published_until",
    removedOn: "removed_on",
    sourceUnit: "source_unit",
    sourceUnitCode: "source_unit_code",
  },
  other: (national) => national.toLowerCase(),
};

export const dgTable = (item: SampleItem): PlatformTable =>
  platformTable(item, item.replaceAll("-", "_"), naming);

export const stateColumn = "record_state";
export const stateValues: Readonly<Record<SampleRecord["state"], string>> = {
  current: "valid",
  annotated: "disputed",
  repaired: "repaired",
  withdrawn: "revoked",
};

const types: Readonly<Record<Field["type"], string>> = {
  text: "text",
  code: "text",
  identifier: "text",
  date: "date",
  amount: "numeric(18, 6)",
  integer: "integer",
};

export function createTable({ name, columns }: PlatformTable): string {
  const lines = columns.map((column) => `${column.name} ${types[column.type]}`);
  return `CREATE TABLE ${schema}.${name} (${lines.join(", ")}, ${stateColumn} text NOT NULL)`;
}

export function createIndexes({ name, roles }: PlatformTable): string {
  return [roles.uscc, roles.citizenId, roles.documentNumber]
    .filter((column) => column !== undefined)
    .map((column) => `CREATE INDEX ON ${schema}.${name} (${column});`)
    .join("\n");
}
