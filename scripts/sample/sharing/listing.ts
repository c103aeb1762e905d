import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { demonstrationSubject, sampleNode } from "../data/index.ts";
import { holder, office, reportedBy } from "../data/rows/row.ts";
import type { AgentHandle, Federation } from "../federation.ts";
import { csvLine } from "../platforms/text-file.ts";
import { until } from "../until.ts";

export const { subject } = demonstrationSubject;
export const items = ["seriously-dishonest"];

/** An entry of a list of Bao'an's, as the story follows it through the federation. */
export interface Listing {
  /** Of the decision; no other start has the same. */
  readonly number: string;
}

export const newListing = (): Listing => ({
  number: `示深宝共享列字〔${chinaDay(Date.now()).slice(0, 4)}〕${Date.now()}号`,
});

/** Written beside and renamed into place, as a careful sender does. */
export async function drop({ number }: Listing, folder: string): Promise<void> {
  const node = sampleNode("sz-baoan");
  const row = {
    ...holder("YZ", demonstrationSubject),
    YZ_MDMC: "示例严重违法失信名单",
    YZ_LRWSH: number,
    YZ_LRYY: "示例：拒不履行已生效的行政处罚决定。",
    YZ_LRYJ: "《市场监督管理严重违法失信名单管理办法》",
    YZ_LRRQ: chinaDay(Date.now()),
    ...office("YZ_LRJG", node.offices.market),
    ...reportedBy("YZ", node, "market"),
  };
  const file = join(folder, "in", "严重失信主体名单.csv");
  await writeFile(`${file}.part`, `${csvLine(Object.keys(row))}\r\n${csvLine(Object.values(row))}\r\n`);
  await rename(`${file}.part`, file);
}

/** @returns the record's id, once a member holds a copy of it */
export function untilHeld({ number }: Listing, agent: AgentHandle, signal: AbortSignal): Promise<string> {
  const held = async () => {
    const copies = await agent.copies(subject, items);
    return copies.find(({ record }) => record.id.includes(number))?.record.id;
  };
  return until(held, "the record did not arrive · 记录未送达", signal);
}

export async function untilGone(id: string, { agent }: Federation, signal: AbortSignal): Promise<void> {
  const gone = async () => {
    const held = await Promise.all(
      (["sz-longgang", "dg"] as const).map((node) => agent(node).copies(subject, items)),
    );
    return held.flat().some(({ record }) => record.id === id) ? undefined : true;
  };
  await until(gone, "the repair did not arrive · 修复未送达", signal);
}
