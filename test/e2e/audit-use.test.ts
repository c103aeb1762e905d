import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  alertsAnswerSchema,
  countsAnswerSchema,
  exportProofFileSchema,
  openStatement,
  searchAnswerSchema,
} from "@xinqiao/protocol/audit";
import type { Exchange } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { opens } from "@xinqiao/protocol/log";
import { createDirectory } from "@xinqiao/protocol/registry";
import Database from "better-sqlite3";
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ask,
  createParty,
  findMarkers,
  type PlacedNode,
  type PreparedAgent,
  placeNode,
  prepare,
  prepareAgent,
  type RunningAgent,
  readLog,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const longgang = createParty({ node: "sz-longgang", role: "district" });
const unit = createParty({ node: "sample-unit", role: "source-unit" });
const watched = composeUscc({ division: "440300", serial: "TEXT0003" });
const subject = { kind: "enterprise", scheme: "uscc", id: watched } as const;
const hourMs = 3_600_000;

let node: PlacedNode;
let auditing: PreparedAgent;
let counter: PreparedAgent;
let auditor: RunningAgent;
let baoan: RunningAgent;
let gateway: TestGateway;
let folder: string;
let first: Exchange;
let second: Exchange;
/** How far the gateway's clock is ahead of everybody's. */
let ahead = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-exports-"));
  node = await placeNode("dg", "441900");
  auditing = await prepareAgent({ node: "sz-audit", role: "auditor" });
  counter = await prepareAgent({ node: "sz-baoan", role: "district" });
  const parties = [longgang, unit, auditing.party, counter.party, node.party];
  const alerts = {
    lookEverySeconds: 1,
    outsideHours: { atLeast: 1_000 },
    watchedSubject: { atLeast: 2 },
  };
  gateway = await startGateway(parties, { alerts }, { now: () => Date.now() + ahead });
  const members = [gateway.city, ...parties].map(({ member }) => member);
  auditor = await auditing.start(members, gateway);
  baoan = await counter.start(members, gateway);
  first = await ask(counter.party, gateway, sampleLookup({ subject, caseReference: "示例案2026-1" }));
  second = await ask(longgang, gateway, sampleLookup({ subject, purpose: "licensing-review" }));
  await ask(longgang, gateway, sampleLookup());
});

afterAll(async () => {
  await Promise.all([auditor.close(), baoan.close()]);
  await gateway.close();
  await node.fake.close();
  await rm(folder, { recursive: true, force: true });
});

const newest = async (kind: string) => (await readLog(gateway)).findLast((entry) => entry.kind === kind);

describe("counts", () => {
  it("say how many, by day and member, and that somebody counted is in the log", async () => {
    const criteria = { purpose: "bid-review" };
    const { status, body } = await auditor.call("/v1/audit/counts", {
      criteria,
      every: "week",
      by: "member",
    });
    expect(status).toBe(200);
    const { rows, cut } = countsAnswerSchema.parse(body);
    expect(rows.map(({ group, count }) => [group, count])).toEqual([
      ["sz-baoan", 1],
      ["sz-longgang", 1],
    ]);
    expect(cut).toBe(false);
    expect(await newest("audit.counted")).toMatchObject({ actor: "sz-audit", every: "week", by: "member" });
  });

  it("are shown as a table, from a search that was saved without its subject", async () => {
    const home = ["--home", auditing.home];
    const searched = [
      "log",
      "search",
      ...home,
      "--member",
      "sz-longgang",
      "--subject",
      "-",
      "--save",
      "示例",
    ];
    expect((await xinqiao(searched, watched)).out).toContain(second.exchange);
    expect(await readFile(join(auditing.home, "saved-searches.json"), "utf8")).not.toContain(watched);
    expect((await xinqiao(["log", "saved", ...home])).out).toBe('示例\t{"member":"sz-longgang"}\n');
    const counted = await xinqiao(["log", "count", ...home, "--saved", "示例", "--by", "purpose"]);
    expect(counted.out).toMatch(/licensing-review .* 1 /);
  });
});

describe("a subject's statement", () => {
  it("says who looked, when, for what, and is the city's signed word", async () => {
    const { status, body } = await baoan.call("/v1/audit/statements", { subject });
    expect(status, JSON.stringify(body)).toBe(200);
    const { statement } = Object(body);
    const directory = createDirectory({ version: 1, members: [gateway.city.member] });
    if (!directory.ok) throw new Error("no directory");
    const expected = { gateway: gateway.city.member.node, member: counter.party.member.node, subject };
    const opened = openStatement(statement, { ...expected, now: Date.now() }, directory.value);
    if (!opened.ok) throw new Error(opened.error.detail);
    expect(opened.value.uses).toEqual([
      expect.objectContaining({
        member: "sz-longgang",
        purpose: "licensing-review",
        exchange: second.exchange,
      }),
      expect.objectContaining({ member: "sz-baoan", outcome: "complete", index: first.log.intent }),
    ]);
    const entry = await newest("subject.stated");
    expect(entry).toMatchObject({ actor: "sz-baoan", commitments: { subject: expect.any(String) } });
    expect(findMarkers(Buffer.from(JSON.stringify(entry) + gateway.lines.join("")), [watched])).toEqual([]);
    const other = { ...subject, id: composeUscc({ division: "440300", serial: "TEXT0004" }) };
    expect(
      openStatement(statement, { ...expected, subject: other, now: Date.now() }, directory.value).ok,
    ).toBe(false);
  });

  it("is handed over in both languages at the counter", async () => {
    const out = join(folder, "statement.jws");
    const args = ["statement", "--home", counter.home, "--subject", "-", "--out", out];
    const handed = await xinqiao(args, watched);
    expect(handed.problem).toBe("");
    expect(handed.out).toContain("共 2 次查询，由新到旧 2 lookups, newest first:");
    expect(handed.out).toContain(first.exchange);
    expect((await readFile(out, "utf8")).split(".")).toHaveLength(3);
  });

  it("is not for those who serve no people", async () => {
    const sending = await prepare(unit, gateway, { subject }, { path: "/v1/audit/statements" });
    expect((await send(sending)).code).toBe("policy.role-not-allowed");
    const auditors = await auditor.call("/v1/audit/statements", { subject });
    expect(auditors.status).toBe(403);
  });
});

describe("an export", () => {
  const exportTo = (out: string) =>
    xinqiao(
      ["log", "export", "--home", auditing.home, "--purpose", "bid-review", "--subject", "-", "--out", out],
      watched,
    );
  const verify = (file: string, ...more: string[]) =>
    xinqiao(["log", "verify-export", file, "--home", auditing.home, ...more]);

  it.each(["csv", "xlsx", "ndjson"])("to %s is vouched for, and a change is found", async (format) => {
    const out = join(folder, `lines.${format}`);
    await untilSigned();
    const exported = await exportTo(out);
    expect(exported.problem).toBe("");
    const verified = await verify(out);
    expect(verified.out).toContain("校验通过: 1 条 lines");
    expect(verified.out).toMatch(/没有其他组织的见证签名|其他组织见证签名: /);
    const bytes = await readFile(out);
    expect(await newest("audit.exported")).toMatchObject({
      criteria: ["purpose", "subject"],
      lines: 1,
      format,
    });
    await appendFile(out, " ");
    expect(await verify(out)).toMatchObject({ code: 1, problem: expect.stringContaining("文件与证明不符") });
    await writeFile(out, bytes);
    await otherCheckpoint(`${out}.proof.json`);
    expect((await verify(out)).problem).toContain("检查点无效");
    expect(await exportTo(out), "never over what is there").toMatchObject({ code: 1 });
  });

  it("that fewer have witnessed than was asked for does not pass", async () => {
    const out = join(folder, "witnessed.csv");
    expect((await exportTo(out)).code).toBe(0);
    const asked = await verify(out, "--quorum", "9");
    expect(asked).toMatchObject({ code: 1, out: "", problem: expect.stringContaining("尚缺") });
    expect(await verify(out, "--quorum", "no")).toMatchObject({ code: 1 });
  });

  it("is read by a spreadsheet", async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(join(folder, "lines.xlsx"));
    expect(workbook.worksheets[0]?.getRow(2).getCell(8).value).toBe(first.exchange);
    expect(await readFile(join(folder, "lines.csv"), "utf8")).toContain(
      `,sz-baoan,bid-review,complete,,${first.exchange},`,
    );
  });

  it("of anything but what the log has is not vouched for", async () => {
    const request = {
      criteria: { purpose: "bid-review" },
      size: (await readLog(gateway)).length,
      lines: 1,
      entries: "A".repeat(43),
      file: { format: "csv", sha256: "A".repeat(43) },
    };
    expect(await auditor.call("/v1/audit/exports", request)).toMatchObject({
      status: 409,
      body: { code: "log.export-differs" },
    });
  });

  /** Until a checkpoint has all lookups: it is made once a second. */
  async function untilSigned(): Promise<void> {
    await vi.waitFor(async () => {
      const reply = await fetch(`${gateway.origin}/log/checkpoint`);
      expect(Number((await reply.text()).split("\n")[1])).toBeGreaterThan(second.log.outcome + 2);
    }, 20_000);
  }

  async function otherCheckpoint(file: string): Promise<void> {
    const beside = exportProofFileSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const checkpoint = beside.checkpoint.replace(/\n(\d+)\n/, (_all, size) => `\n${Number(size) + 1}\n`);
    await writeFile(file, JSON.stringify({ ...beside, checkpoint }));
  }
});

describe("an alert", () => {
  it("is raised once, read with its entries and acknowledged, with a note that stays with the auditor", async () => {
    ahead = 2 * hourMs;
    await vi.waitFor(async () => expect(await newest("alert.raised")).toBeDefined(), 30_000);
    ahead = 0;
    const home = ["--home", auditing.home];
    const listed = await auditor.call("/v1/audit/alerts", { open: true });
    const { alerts } = alertsAnswerSchema.parse(listed.body);
    expect(alerts).toMatchObject([{ rule: "watched-subject", member: null, count: 2, threshold: 2 }]);
    const alert = alerts[0]?.alert ?? "";
    const shown = await xinqiao(["log", "alerts", alert, ...home]);
    expect(shown.out).toContain("同一主体一日内被 2 个成员查询");
    expect(shown.out).toContain("主体被多方查询 watched-subject  北京时间");
    expect(shown.out).toContain(first.exchange);
    expect(shown.out).toContain(second.exchange);
    const noted = await xinqiao(["log", "acknowledge", alert, ...home, "--note", "示例：已核实"]);
    const key = /key: (\S+)/.exec(noted.out)?.[1] ?? "";
    const entry = await newest("alert.acknowledged");
    expect(entry).toMatchObject({ alert, actor: "sz-audit" });
    const note = entry?.kind === "alert.acknowledged" ? entry.note : undefined;
    expect(opens(note ?? "", { key: Buffer.from(key, "base64url"), value: "示例：已核实" })).toBe(true);
    expect((await xinqiao(["log", "alerts", ...home])).out).toBe("没有告警 no alerts\n");
    expect((await xinqiao(["log", "alerts", ...home, "--all"])).out).toContain("已处理 acknowledged");
    const raised = (await readLog(gateway)).filter(({ kind }) => kind === "alert.raised");
    expect(raised).toHaveLength(1);
    expect(raised[0], "which lookups are one person's is for nobody to read").not.toHaveProperty("entries");
    expect(findMarkers(Buffer.from(JSON.stringify(raised)), [watched])).toEqual([]);
    const metrics = await fetch(`${gateway.adminOrigin}/metrics`);
    expect(await metrics.text()).toContain('xinqiao_use_alerts_total{rule="watched-subject"} 1');
  });

  it("that was never raised cannot be acknowledged", async () => {
    const unknown = { alert: "0".repeat(32) };
    expect(await auditor.call("/v1/audit/acknowledgements", unknown)).toMatchObject({ status: 404 });
  });
});

describe("a case", () => {
  it("is told whether a lookup was made under a case's reference, and never another", async () => {
    const home = ["--home", auditing.home];
    const same = await xinqiao(["log", "case", "示例案2026-1", first.exchange, ...home]);
    expect(same).toMatchObject({ code: 0, out: expect.stringContaining("在该编号下作出") });
    const other = await xinqiao(["log", "case", "示例案2026-2", first.exchange, ...home]);
    expect(other).toMatchObject({ code: 2, out: expect.stringContaining("在其他编号下作出") });
    expect(other.out).not.toContain("示例案2026-1");
    const none = await auditor.call("/v1/audit/cases", { of: second.exchange, reference: "示例案2026-1" });
    expect(none.body).toMatchObject({ finding: "none", entry: second.log.intent });
    const entry = await newest("case.checked");
    expect(entry).toMatchObject({ of: second.exchange, actor: "sz-audit" });
    expect(JSON.stringify(entry)).not.toContain("示例案");
    const unknown = { of: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60", reference: "示例案2026-1" };
    expect(await auditor.call("/v1/audit/cases", unknown)).toMatchObject({ status: 404 });
  });

  it("finds its lookups, and stands in the log and at the auditor's as a commitment only", async () => {
    const criteria = { caseReference: "示例案2026-1", outcome: "complete" };
    const found = await auditor.call("/v1/audit/searches", { criteria });
    const { lines } = searchAnswerSchema.parse(found.body);
    expect(lines.map(({ entries }) => entries[0]?.index)).toEqual([first.log.intent]);
    const entry = await newest("audit.searched");
    expect(entry).toMatchObject({
      criteria: ["outcome", "caseReference"],
      commitments: { caseReference: expect.any(String) },
    });
    const home = ["--home", auditing.home];
    const shown = await xinqiao(["log", "search", ...home, "--case", "示例案2026-1", "--save", "案由"]);
    expect(shown.out).toContain(first.exchange);
    expect(shown.out).not.toContain(second.exchange);
    const saved = await readFile(join(auditing.home, "saved-searches.json"), "utf8");
    const told = [...gateway.lines, ...auditor.lines, JSON.stringify(await readLog(gateway)), saved].join("");
    expect(told).not.toContain("示例案2026-1");
  });

  it("is gone when what was kept beside the lookup is erased", async () => {
    const database = new Database(gateway.logFile);
    database.prepare("DELETE FROM evidence WHERE entry = ?").run(first.log.intent);
    database.close();
    const asked = { of: first.exchange, reference: "示例案2026-1" };
    expect((await auditor.call("/v1/audit/cases", asked)).body).toMatchObject({ finding: "gone" });
  });
});

const main = programFile("node-agent");

/** Runs a command of the agent's to its end. */
async function xinqiao(args: readonly string[], input = "") {
  const command = spawn(process.execPath, [main, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  command.stdin.end(input);
  const ended = once(command, "exit");
  const [out, problem] = await Promise.all([text(command.stdout), text(command.stderr)]);
  const [code] = await ended;
  return { out, problem, code };
}
