import type { ColumnRoles, Field } from "@xinqiao/protocol/catalogue";
import type { SampleItem } from "../data/index.ts";
import { itemOf } from "./catalogue.ts";

/** A platform's own column, and the national column that it holds. */
export interface PlatformColumn {
  readonly name: string;
  readonly national: string;
  readonly type: Field["type"];
}

/** A platform's own table or list for one item. */
export interface PlatformTable {
  readonly item: SampleItem;
  readonly name: string;
  readonly columns: readonly PlatformColumn[];
  /** The platform's names for the columns that play a role. */
  readonly roles: Readonly<Partial<Record<keyof ColumnRoles, string>>>;
}

/** How a platform names its columns: the ones with a role by what they are, the others from the national name. */
export interface Naming {
  readonly roles: Readonly<Record<keyof ColumnRoles, string>>;
  other(national: string): string;
}

export function platformTable(code: SampleItem, name: string, naming: Naming): PlatformTable {
  const item = itemOf(code);
  const roleOf = new Map(rolesOf(item.columns).map((role) => [item.columns[role], role]));
  const columns = item.fields.map(({ name: national, type }) => {
    const role = roleOf.get(national);
    return { national, type, name: role === undefined ? naming.other(national) : naming.roles[role] };
  });
  if (new Set(columns.map((column) => column.name)).size < columns.length) {
    throw new RangeError(`two columns of ${name} have one name`);
  }
  const roles = Object.fromEntries(rolesOf(item.columns).map((role) => [role, naming.roles[role]]));
  return { item: code, name, columns, roles };
}

function rolesOf(columns: ColumnRoles): (keyof ColumnRoles)[] {
  const roles: (keyof ColumnRoles)[] = [];
  for (const role in columns) if (isRole(role, columns)) roles.push(role);
  return roles;
}

function isRole(role: string, columns: ColumnRoles): role is keyof ColumnRoles {
  return Object.hasOwn(columns, role);
}

/** `CF_XDR_LB` → `cfXdrLb`. */
export function camelCase(national: string): string {
  return national.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
