import { mappingsOf, type SourceConfig, statesByValue } from "../mapping.ts";
import { codeTypes, hzList, keyHeader, queryPath, stateKey, stateValues } from "./lists.ts";

/** The agent asks Huizhou's own interface, item by item. */
export function hzSource(port: number, key: string): SourceConfig {
  return {
    type: "service",
    name: "huizhou-platform",
    baseUrl: `http://127.0.0.1:${port}`,
    // In a sample's agent.json, which only its owner can read; an operator would use `valueEnv`.
    auth: { header: keyHeader, value: key },
    items: mappingsOf(hzList).map(({ item, table, scheme, identifier, fields }) => ({
      item,
      path: queryPath,
      body: { dataType: table.name, codeType: codeTypes[scheme], subjectCode: "{id}" },
      rows: "data.list",
      subject: { scheme, key: identifier },
      fields: { ...fields },
      stateKey,
      stateValues: statesByValue(stateValues),
    })),
  };
}
