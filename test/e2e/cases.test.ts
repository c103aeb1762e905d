import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries, verifyLog } from "@xinqiao/gateway";
import { caseReplySchema, type ShownCase, shownCasesSchema } from "@xinqiao/protocol/cases";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { problemSchema } from "@xinqiao/protocol/problem";
import { disputeSchema, recordSchema } from "@xinqiao/protocol/record";
import { openedScreeningSchema } from "@xinqiao/protocol/screening";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  csv,
  type GatewayProcess,
  type PreparedAgent,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  startGatewayProcess,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const often = { timeout: 30_000, interval: 50 };
const execute = promisify(execFile);
const subject = {
  kind: "enterprise",
  scheme: "uscc",
  id: composeUscc({ division: "440300", serial: "EXAMPLE1" }),
};
const reason = "示例理由：当事人称处罚金额有误";
const copiesSchema = z.object({
  copies: z.array(z.object({ record: recordSchema, disputes: z.array(disputeSchema).optional() })),
});

describe("a case about a record", () => {
  let prepared: Record<"source" | "reader" | "counter", PreparedAgent>;
  let running: Record<"source" | "reader" | "counter", RunningAgent>;
  let gateway: GatewayProcess;
  let record: string;
  let number: string;
  let count = 0;

  beforeAll(async () => {
    prepared = {
      source: await prepareAgent(
        { node: "sz-baoan", role: "district", jurisdiction: "440306" },
        {},
        { sharing: { publish: true } },
      ),
      reader: await prepareAgent(
        { node: "sz-longgang", role: "district", jurisdiction: "440307" },
        {},
        { sharing: { subscribe: {} } },
      ),
      counter: await prepareAgent({ node: "dg", role: "neighbour-city", jurisdiction: "441900" }),
    };
    gateway = await startGatewayProcess(Object.values(prepared).map(({ party }) => party));
    running = {
      source: await start("source"),
      reader: await start("reader"),
      counter: await start("counter"),
    };
  });

  afterAll(async () => {
    for (const agent of Object.values(running)) await agent.close();
    await gateway.close();
  });

  beforeEach(async () => {
    count += 1;
    number = `示例罚〔2025〕${count}号`;
    await report();
    const copy = await vi.waitFor(async () => {
      const found = (await copies()).find(({ record: { id } }) => id.startsWith(`penalty:${number}:`));
      expect(found).toBeDefined();
      return found;
    }, often);
    record = copy?.record.id ?? "";
  });

  function start(name: keyof typeof prepared) {
    const members = [gateway.city, ...Object.values(prepared).map(({ party }) => party)];
    return prepared[name].start(
      members.map(({ member }) => member),
      gateway,
    );
  }

  const xinqiao = async (name: keyof typeof prepared, ...args: string[]) => {
    const home = ["--home", prepared[name].home];
    return (await execute(process.execPath, [programFile("node-agent"), ...args, ...home])).stdout;
  };
  const city = async (...args: string[]) =>
    (await execute(process.execPath, [programFile("gateway"), ...args, "--home", gateway.home])).stdout;

  async function report(change: Readonly<Record<string, string>> = {}): Promise<void> {
    const file = join(prepared.source.home, "penalties.csv");
    await writeFile(file, csv([penaltyRow(subject.id, number, change)]));
    await xinqiao("source", "import", file);
  }

  async function copies() {
    const { body } = await running.reader.call("/v1/copies", { subject, items: ["penalty"] });
    return copiesSchema.parse(body).copies;
  }

  const copyNow = async () => (await copies()).find(({ record: { id } }) => id === record);

  async function raise(kind: "objection" | "repair", change: object = {}): Promise<string> {
    const { status, body } = await running.counter.call("/v1/cases", {
      ...{ kind, source: "sz-baoan", record, reason },
      ...change,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    return caseReplySchema.parse(body).case;
  }

  async function caseAt(name: keyof typeof running, id: string): Promise<ShownCase | undefined> {
    const { body } = await running[name].call("/v1/cases/list", { case: id });
    return shownCasesSchema.parse(body).cases[0];
  }

  const until = (name: keyof typeof running, id: string, state: ShownCase["state"]) =>
    vi.waitFor(async () => expect((await caseAt(name, id))?.state).toBe(state), often);

  async function check(id: string): Promise<void> {
    await city("cases", "check", id, "--finding", "same");
    await until("source", id, "checked");
  }

  async function codeOf(name: keyof typeof running, path: string, body: object): Promise<string> {
    return problemSchema.parse((await running[name].call(path, body)).body).code;
  }

  const stepsOf = (id: string) =>
    readEntries(gateway.logFile).flatMap((entry) =>
      entry.kind === "case.stepped" && entry.case === id ? [`${entry.step} ${entry.actor}`] : [],
    );

  it("is annotated at once, checked, extended and decided, and what was corrected is seen by all", async () => {
    const raised = await xinqiao(
      "counter",
      ...["cases", "raise", "--kind", "objection", "--source", "sz-baoan", "--record", record],
      ...["--reason", reason, "--evidence", join(prepared.counter.home, "agent.json")],
    );
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(raised)?.[0] ?? "";
    await vi.waitFor(async () => {
      expect(await copyNow()).toMatchObject({
        record: { state: "annotated", version: 2, annotation: expect.stringContaining("异议") },
        disputes: [{ record, kind: "objection" }],
      });
    }, often);
    expect(await caseAt("counter", id)).toMatchObject({ due: { by: "sz" }, late: false, state: "opened" });
    await check(id);
    expect(await caseAt("source", id)).toMatchObject({ due: { by: "sz-baoan" }, raisedBy: "dg" });
    expect((await running.source.call(`/v1/cases/${id}/extension`, { reason: "需要调档" })).status).toBe(200);
    await until("counter", id, "extended");

    const decision = { outcome: "corrected", reason: "金额更正" };
    expect(await codeOf("source", `/v1/cases/${id}/decision`, decision)).toBe("case.not-corrected");
    await report({ CF_NR_FK: "0.5" });
    expect((await running.source.call(`/v1/cases/${id}/decision`, decision)).status).toBe(200);
    await until("counter", id, "decided");
    expect(await caseAt("counter", id)).toMatchObject({ outcome: "corrected" });
    await vi.waitFor(async () => {
      const copy = await copyNow();
      expect(copy).toMatchObject({ record: { state: "current", version: 103, fields: { CF_NR_FK: "0.5" } } });
      expect(copy?.disputes).toBeUndefined();
    }, often);
    expect(stepsOf(id)).toEqual(["opened dg", "checked null", "extended sz-baoan", "decided sz-baoan"]);
    expect(await city("cases", "list")).toMatch(
      new RegExp(`│ ${id} │ 异议 objection\\s+│ sz-baoan\\s+│ ${record}\\s+│ 已更正 corrected`),
    );
    expect(await xinqiao("counter", "cases", "list")).toContain("corrected");
    const entries = JSON.stringify(readEntries(gateway.logFile));
    for (const hidden of [record, reason, subject.id]) expect(entries).not.toContain(hidden);
    expect(verifyLog(gateway.logFile).findings).toEqual([]);
    expect(
      Object.values(running)
        .flatMap(({ lines }) => lines)
        .join(),
    ).not.toContain(reason);
  });

  it("of repair goes to its source unchecked, and ends in nobody holding the record", async () => {
    const id = await raise("repair");
    await until("source", id, "opened");
    const decided = ["--outcome", "repaired", "--reason", "已履行义务"];
    expect(await xinqiao("source", "cases", "decide", id, ...decided)).toContain("已办结");
    await vi.waitFor(async () => expect(await copyNow()).toBeUndefined(), often);
    await until("counter", id, "decided");
    expect(stepsOf(id)).toEqual(["opened dg", "decided sz-baoan"]);
  });

  it("that is rejected leaves the record as it was, annotated no longer", async () => {
    const id = await raise("objection");
    await until("source", id, "opened");
    expect(JSON.parse(await city("cases", "show", id, "--json"))).toMatchObject({ suggested: "same" });
    expect(await city("cases", "show", id)).toMatch(/suggested: 与来源一致 same\n.*已受理 opened/s);
    expect(await xinqiao("counter", "cases", "show", id)).toContain("已受理 opened");
    await check(id);
    const { status } = await running.source.call(`/v1/cases/${id}/decision`, { outcome: "rejected", reason });
    expect(status).toBe(200);
    await vi.waitFor(async () => {
      const copy = await copyNow();
      expect(copy).toMatchObject({ record: { state: "current", version: 102 } });
      expect(copy?.disputes).toBeUndefined();
    }, often);
  });

  it("is said beside what the city answers from its copy, and beside a screening's hit", async () => {
    await running.source.agent.close();
    const id = await raise("objection");
    try {
      const asking = { subject, items: ["penalty"], purpose: "bid-review", jurisdictions: ["440306"] };
      const { body } = await running.reader.ask(asking);
      const [row] = openedExchangeSchema.parse(body).results;
      expect(row).toMatchObject({ status: "stale", disputes: [{ record, kind: "objection" }] });
      const screened = await running.reader.call("/v1/screenings", {
        purpose: "bid-review",
        subjects: [subject],
      });
      const [hit] = openedScreeningSchema.parse(screened.body).hits;
      expect(hit).toMatchObject({ source: "sz-baoan", disputes: [{ record, kind: "objection" }] });
      await vi.waitFor(async () => {
        expect(await copyNow()).toMatchObject({ record: { state: "current" }, disputes: [{ record }] });
      }, often);
    } finally {
      running.source = await start("source");
    }
    await until("source", id, "opened");
    await vi.waitFor(async () => expect(await copyNow()).toMatchObject({ record: { version: 2 } }), often);
  });

  it("is refused to whom it is none of, out of its order, and when it was decided before", async () => {
    const opening = { kind: "objection", source: "sz-baoan", record: "penalty:none:000000000000", reason };
    expect(await codeOf("counter", "/v1/cases", opening)).toBe("case.record-unknown");
    const chosen = { case: crypto.randomUUID() };
    const id = await raise("objection", chosen);
    expect(id).toBe(chosen.case);
    expect(await codeOf("counter", "/v1/cases", { ...opening, ...chosen, record })).toBe(
      "case.step-not-next",
    );
    const decision = { outcome: "withdrawn", reason };
    const path = `/v1/cases/${id}/decision`;
    expect(await codeOf("counter", path, decision)).toBe("case.not-yours");
    expect(await codeOf("reader", path, decision)).toBe("case.not-yours");
    await until("source", id, "opened");
    expect(await codeOf("source", path, decision)).toBe("case.step-not-next");
    await check(id);
    expect(await codeOf("source", path, { ...decision, outcome: "repaired" })).toBe("case.outcome-unfit");
    const racing = ["withdrawn", "rejected"].map((outcome) => running.source.call(path, { outcome, reason }));
    const [first, second] = (await Promise.all(racing)).map(({ status }) => status);
    expect([first, second].sort()).toEqual([200, 409]);
    await until("counter", id, "decided");
    expect((await caseAt("counter", id))?.outcome).toBe(first === 200 ? "withdrawn" : "rejected");
    expect(stepsOf(id).at(-1)).toBe("decided sz-baoan");
    expect(stepsOf(id)).toHaveLength(3);
  });
});
