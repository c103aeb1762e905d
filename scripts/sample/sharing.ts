import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { demonstrationSubject, sampleNode } from "./data/index.ts";
import { office, party, reportedBy } from "./data/rows/row.ts";
import type { AgentHandle, Federation } from "./federation.ts";
import { csvLine } from "./platforms/text-file.ts";
import { exchangeTable } from "./terminal/index.ts";
import { until } from "./until.ts";

type Say = (text: string) => void;

const { subject } = demonstrationSubject;
const items = ["penalty"];

/** A file dropped at Bao'an reaches the others; a repair at its source takes it away from everyone, and the city says so. */
export async function demonstrateSharing(
  federation: Federation,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const baoan = federation.agent("sz-baoan");
  const longgang = federation.agent("sz-longgang");
  const number = `示深宝共享罚字〔${new Date().getFullYear()}〕${Date.now()}号`;
  say(
    "\n■ 宝安区某机关将一份处罚文件放入交接目录 · an office of Bao'an puts a file of penalties into the folder",
  );
  await drop(federation.handover, number);
  const id = await untilHeld(longgang, number, signal);
  say(`  龙岗区已持有该记录 Longgang holds it: ${id}`);

  say(
    "\n■ 宝安区节点停止，龙岗区查询：由市级按副本代答 · Bao'an is stopped, and Longgang asks: the city answers from its copy",
  );
  await baoan.stop();
  const asked = { subject, items, purpose: "licensing-review", jurisdictions: ["440306"] };
  say(exchangeTable(await longgang.lookUp(asked)));
  await baoan.start();

  say("\n■ 该记录在来源处修复 · the record is repaired at its source");
  await baoan.run(["correct", id, "--repair"], signal);
  await untilGone(federation, id, signal);
  say("  龙岗区、东莞市的副本均已消失 · gone at Longgang and Dongguan");
  say(await untilCompleted(baoan, signal));

  say(
    "\n■ 龙岗区与市级对账，市级考核各来源 · Longgang and the city compare copies, and the city scores its sources",
  );
  say(await longgang.run(["reconcile", "copies"], signal));
  say(await federation.gateway.run(["scorecard", "--month", monthInChina()], signal));
}

const monthInChina = () => chinaDay(Date.now()).slice(0, 7);

/** Written beside and renamed into place, as a careful sender does. */
async function drop(folder: string, number: string): Promise<void> {
  const node = sampleNode("sz-baoan");
  const row = {
    ...party("CF", demonstrationSubject),
    CF_WSH: number,
    CF_WFXW: "示例违法行为",
    CF_SY: "示例：未按规定公示信息。",
    CF_YJ: "示例处罚依据",
    CF_CFLB: "警告",
    CF_NR: "警告",
    CF_JDRQ: new Date().toISOString().slice(0, 10),
    CF_YXQ: "2099-12-31",
    ...office("CF_CFJG", node.offices.market),
    ...reportedBy("CF", node, "market"),
  };
  const file = join(folder, "in", "处罚.csv");
  await writeFile(`${file}.part`, `${csvLine(Object.keys(row))}\r\n${csvLine(Object.values(row))}\r\n`);
  await rename(`${file}.part`, file);
}

function untilHeld(agent: AgentHandle, number: string, signal: AbortSignal): Promise<string> {
  const held = async () => {
    const copies = await agent.copies(subject, items);
    return copies.find(({ record }) => record.id.includes(number))?.record.id;
  };
  return until(held, "the record did not arrive · 记录未送达", signal);
}

async function untilGone({ agent }: Federation, id: string, signal: AbortSignal): Promise<void> {
  const gone = async () => {
    const held = await Promise.all(
      (["sz-longgang", "dg"] as const).map((node) => agent(node).copies(subject, items)),
    );
    return held.flat().some(({ record }) => record.id === id) ? undefined : true;
  };
  await until(gone, "the repair did not arrive · 修复未送达", signal);
}

async function untilCompleted(agent: AgentHandle, signal: AbortSignal): Promise<string> {
  const completed = async () => {
    const listed = await agent.run(["corrections"], signal);
    return listed.split("\n").slice(0, 2).join("\n").includes("已办结") ? listed : undefined;
  };
  const listed = await until(completed, "the repair was not completed · 修复未办结", signal);
  return `■ 市级签署的办结证明 · the city has signed that everyone has applied it\n${listed.split("\n").slice(0, 2).join("\n")}`;
}
