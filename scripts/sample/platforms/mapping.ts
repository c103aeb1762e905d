import type { agentConfigSchema } from "@xinqiao/node-agent";
import type { z } from "zod";
import { type SampleItem, type SampleRecord, sampleItems } from "../data/index.ts";
import type { PlatformTable } from "./table.ts";

/** What an agent's `agent.json` says about one source. */
export type SourceConfig = NonNullable<z.input<typeof agentConfigSchema>["sources"]>[number];

const schemeRoles = { uscc: "uscc", "citizen-id": "citizenId" } as const;
type Scheme = keyof typeof schemeRoles;
const schemes: readonly Scheme[] = ["uscc", "citizen-id"];

/** One item of a platform as it is asked by one kind of identifier. */
export interface Mapping {
  readonly item: SampleItem;
  readonly table: PlatformTable;
  readonly scheme: Scheme;
  /** The platform's own name for where the identifier stands. */
  readonly identifier: string;
  /** National column → platform's name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Every item by every kind of identifier that its records can carry. */
export function mappingsOf(tableOf: (item: SampleItem) => PlatformTable): Mapping[] {
  return sampleItems.map(tableOf).flatMap((table) =>
    schemes.flatMap((scheme) => {
      const identifier = table.roles[schemeRoles[scheme]];
      if (identifier === undefined) return [];
      const fields = Object.fromEntries(table.columns.map(({ national, name }) => [national, name]));
      return [{ item: table.item, table, scheme, identifier, fields }];
    }),
  );
}

/** State → the platform's value, turned round: the agent reads the platform's value. */
export function statesByValue(
  values: Readonly<Record<SampleRecord["state"], string>>,
): Record<string, SampleRecord["state"]> {
  return {
    [values.current]: "current",
    [values.annotated]: "annotated",
    [values.repaired]: "repaired",
    [values.withdrawn]: "withdrawn",
  };
}
