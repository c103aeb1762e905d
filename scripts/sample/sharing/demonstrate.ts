import { chinaDay, chinaTime } from "@xinqiao/runtime/calendar";
import type { AgentHandle, Federation } from "../federation.ts";
import { exchangeTable } from "../terminal/index.ts";
import { until } from "../until.ts";
import { untilDelivered } from "./delivered.ts";
import { checkAtCity, decideAt, raiseAt, untilDisputed } from "./disputed.ts";
import { drop, items, newListing, subject, untilGone, untilHeld } from "./listing.ts";
import { reportExclusion, screenBidders, untilAskedToRevoke } from "./screened.ts";

type Say = (text: string) => void;

/** What the parts of the story work with. */
interface Story {
  readonly federation: Federation;
  readonly say: Say;
  readonly signal: AbortSignal;
  /** The record that it is about. */
  readonly id: string;
}

/**
 * The life of one list entry of Bao'an's: it spreads to those who act on it, is acted upon, disputed, and repaired; then it
 * is gone everywhere, what was done because of it is revoked, and the city says so with its signature.
 */
export async function demonstrateSharing(
  federation: Federation,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const longgang = federation.agent("sz-longgang");
  say(
    "\n■ 宝安区某机关将一份严重失信主体名单放入交接目录 · an office of Bao'an puts a list of the seriously dishonest into the folder",
  );
  const listing = newListing();
  await drop(listing, federation.handover);
  const id = await untilHeld(listing, longgang, signal);
  say(`  龙岗区已持有该记录 Longgang holds it: ${id}`);
  await untilDelivered(federation.delivered, id, true, signal);
  say("  并已写入龙岗区平台库表 and it is in a table of Longgang's own platform");
  const story = { federation, say, signal, id };
  await answerFromCopy(story);
  await actUpon(story);
  await dispute(story);
  await repair(story);
  await revoke(story);
  await compare(story);
}

async function answerFromCopy({ federation, say }: Story): Promise<void> {
  const baoan = federation.agent("sz-baoan");
  say(
    "\n■ 宝安区节点停止，龙岗区查询：由市级按副本代答 · Bao'an is stopped, and Longgang asks: the city answers from its copy",
  );
  await baoan.stop();
  const asked = { subject, items, purpose: "licensing-review", jurisdictions: ["440306"] };
  say(exchangeTable(await federation.agent("sz-longgang").lookUp(asked)));
  await baoan.start();
}

async function actUpon({ federation, say, signal, id }: Story): Promise<void> {
  const dongguan = federation.agent("dg");
  say(
    "\n■ 东莞市筛查投标人名单，该主体命中，不得参加政府采购，并反馈结果 · Dongguan screens bidders, excludes the listed one, and reports it",
  );
  const hits = await screenBidders(dongguan, signal);
  say(hits.trim());
  say(await reportExclusion(hits, id, dongguan, signal));
}

async function dispute({ federation, say, signal, id }: Story): Promise<void> {
  const [baoan, dongguan] = [federation.agent("sz-baoan"), federation.agent("dg")];
  say(
    "\n■ 该主体在龙岗区窗口提出异议：副本即时标注，市级核查，宝安区决定不予采纳 · the company objects at Longgang's counter: every copy says so, the city checks, Bao'an rejects",
  );
  const raised = { kind: "objection", record: id, reason: "示例：主体认为列入依据有误" };
  const objection = await raiseAt(federation.agent("sz-longgang"), raised, signal);
  const since = chinaTime(Date.parse(await untilDisputed(dongguan, id, signal)));
  say(`  东莞市副本已标注异议 Dongguan's copy is disputed, since ${since}（北京时间）`);
  await checkAtCity(objection, { gateway: federation.gateway, source: baoan }, signal);
  await decideAt(baoan, objection, "rejected", signal);
  say(await federation.gateway.run(["cases", "list"], signal));
}

async function repair({ federation, say, signal, id }: Story): Promise<void> {
  const baoan = federation.agent("sz-baoan");
  say(
    "\n■ 其后申请信用修复，宝安区准予修复 · then it asks for credit repair, and Bao'an grants it: the record is repaired at its source",
  );
  const asked = { kind: "repair", record: id, reason: "示例：已履行全部义务" };
  const application = await raiseAt(federation.agent("sz-longgang"), asked, signal);
  await decideAt(baoan, application, "repaired", signal);
  await untilGone(id, federation, signal);
  await untilDelivered(federation.delivered, id, false, signal);
  say(
    "  龙岗区、东莞市的副本及平台库表中均已消失 · gone at Longgang and Dongguan, and from the platform's table",
  );
  say(await untilCompleted(baoan, signal));
}

async function revoke({ federation, say, signal, id }: Story): Promise<void> {
  const dongguan = federation.agent("dg");
  say("\n■ 市级要求东莞市撤销已采取的措施 · the city asks Dongguan to revoke what it did");
  const { number, listed } = await untilAskedToRevoke(id, dongguan, signal);
  say(listed);
  say(await dongguan.run(["revocations", "answer", number, "--outcome", "revoked"], signal));
  say(await federation.gateway.run(["measures"], signal));
}

async function compare({ federation, say, signal }: Story): Promise<void> {
  say(
    "\n■ 龙岗区与市级对账，市级考核各来源 · Longgang and the city compare copies, and the city scores its sources",
  );
  say(await federation.agent("sz-longgang").run(["reconcile", "copies"], signal));
  say(await federation.gateway.run(["scorecard", "--month", chinaDay(Date.now()).slice(0, 7)], signal));
}

async function untilCompleted(agent: AgentHandle, signal: AbortSignal): Promise<string> {
  const completed = async () => {
    const newest = await agent.run(["corrections", "--limit", "1"], signal);
    return newest.includes("已办结") ? newest : undefined;
  };
  const newest = await until(completed, "the repair was not completed · 修复未办结", signal);
  return `■ 市级签署的办结证明 · the city has signed that everyone has applied it\n${newest}`;
}
