import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries } from "@xinqiao/gateway";
import { shownRevocationsSchema } from "@xinqiao/node-agent/feedback";
import { composeUscc } from "@xinqiao/protocol/identity";
import { problemSchema } from "@xinqiao/protocol/problem";
import { openedScreeningSchema } from "@xinqiao/protocol/screening";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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
const main = programFile("node-agent");
const many = 10_000;
const uscc = (number: number) => composeUscc({ division: "440300", serial: String(number).padStart(8, "0") });
const subjects = Array.from({ length: many }, (_, at) => ({
  kind: "enterprise",
  scheme: "uscc",
  id: uscc(at),
}));
const listed = [7, 4_321, 9_999];

describe("screening", () => {
  let baoan: PreparedAgent;
  let longgang: PreparedAgent;
  let source: RunningAgent;
  let asker: RunningAgent;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    baoan = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      { "penalties.csv": csv(listed.map((at) => penaltyRow(uscc(at), `示例罚〔2026〕${at}号`))) },
      { sharing: { publish: true } },
    );
    longgang = await prepareAgent(
      { node: "sz-longgang", role: "district", jurisdiction: "440307" },
      {},
      { sharing: { subscribe: {} }, screeningWhenAway: "copies" },
    );
    gateway = await startGatewayProcess([baoan.party, longgang.party]);
    const members = [gateway.city, baoan.party, longgang.party].map(({ member }) => member);
    source = await baoan.start(members, gateway);
    asker = await longgang.start(members, gateway);
    await vi.waitFor(
      () => expect(readEntries(gateway.logFile).map(({ kind }) => kind)).toContain("changes.applied"),
      often,
    );
  });

  afterAll(async () => {
    await source.close();
    await asker.close();
    await gateway.close();
  });

  async function screen(change: object = {}) {
    const { status, body } = await asker.call("/v1/screenings", {
      purpose: "bid-review",
      subjects,
      deadlineMs: 60_000,
      ...change,
    });
    return { status, body };
  }

  async function screened(change: object = {}) {
    const { status, body } = await screen(change);
    expect(status, JSON.stringify(body).slice(0, 300)).toBe(200);
    return openedScreeningSchema.parse(body);
  }

  it("finds the listed among many, with what this matter does with them and no other, and logs that it did", async () => {
    const { from, hits, screened: count, sources, log } = await screened();
    expect({ from, count }).toEqual({ from: "city", count: many });
    expect(hits.map(({ subject }) => subject)).toEqual(listed);
    expect(hits[0]).toMatchObject({
      source: "sz-baoan",
      items: ["penalty"],
      measures: [],
      records: [{ item: "penalty" }],
    });
    expect(sources.map(({ node }) => node)).toEqual(["sz-baoan"]);
    const entry = readEntries(gateway.logFile)[log?.index ?? -1];
    expect(entry).toMatchObject({
      kind: "screening.answered",
      actor: "sz-longgang",
      subjects: many,
      hits: 3,
      commitments: { subjects: expect.any(String) },
    });
    expect(JSON.stringify(entry)).not.toContain(uscc(7));
  });

  it("is refused for what may not be screened, and says which subject is none", async () => {
    const code = async (change: object) => {
      const { body } = await screen(change);
      const { code: said, facts } = problemSchema.parse(body);
      return { code: said, subject: facts?.subject };
    };
    const broken = { kind: "enterprise", scheme: "uscc", id: "91440300TEXT000011" };
    expect(await code({ subjects: [...subjects.slice(0, 5), broken] })).toEqual({
      code: "screening.subject-invalid",
      subject: 5,
    });
    expect(await code({ purpose: "bank-loan-review" })).toMatchObject({ code: "screening.must-be-sealed" });
    expect(await code({ purpose: "no-such-purpose" })).toMatchObject({ code: "lookup.purpose-unknown" });
    expect(await code({ items: ["commitment"] })).toMatchObject({ code: "policy.purpose-excludes-item" });
  });

  it("takes a file of a member's, and writes the hits into another", async () => {
    const [file, out] = [join(longgang.home, "subjects.txt"), join(longgang.home, "hits.csv")];
    await writeFile(file, `${subjects.map(({ id }) => id).join("\r\n")}\r\n=HYPERLINK("x")\r\n`);
    const args = ["screen", file, "--purpose", "bid-review", "--out", out, "--home", longgang.home];
    const run = await execute(process.execPath, [main, ...args]).catch((error: unknown) => error);
    expect(run, "one line was none").toMatchObject({ code: 2, stdout: expect.stringContaining("10000") });
    const lines = (await readFile(out, "utf8")).trim().split("\r\n").slice(1);
    expect(lines.slice(0, -1).map((line) => line.split(",").slice(0, 2))).toEqual(
      listed.map((at) => [String(at + 1), uscc(at)]),
    );
    expect(lines.at(-1)).toMatch(/^10001,"'=HYPERLINK/);
    expect(lines[0], "what a report names").toMatch(/,[0-9a-f-]{36},penalty:\S+ 1$/);
  });

  async function atCity(...args: readonly string[]): Promise<string> {
    const command = [programFile("gateway"), "measures", "--home", gateway.home, ...args];
    return (await execute(process.execPath, command)).stdout;
  }
  const counted = async (): Promise<unknown> => JSON.parse(await atCity("--json"));

  it("is answered with a report of what was done, which the city counts by source", async () => {
    const { hits, exchange } = await screened();
    const [record] = hits[0]?.records ?? [];
    if (exchange === undefined || record === undefined) throw new Error("nothing to report about");
    const report = async (by: string) => {
      const about = [
        by,
        "--source",
        "sz-baoan",
        "--record",
        record.id,
        "--record-version",
        `${record.version}`,
      ];
      const done = [
        "--outcome",
        "partly",
        "--reason",
        "示例理由",
        "--matter",
        "2026-0042",
        "--on",
        "2026-01-05",
      ];
      return execute(process.execPath, [main, "feedback", ...about, ...done, "--home", longgang.home]);
    };
    const { stdout } = await report(exchange);
    const entry = readEntries(gateway.logFile).findLast(({ kind }) => kind === "measures.reported");
    expect(entry).toMatchObject({ actor: "sz-longgang", source: "sz-baoan", outcome: "partly" });
    expect(JSON.stringify(entry)).not.toContain(record.id);
    if (entry?.kind === "measures.reported") expect(stdout).toContain(entry.report);
    expect(await counted()).toEqual([
      {
        ...{ source: "sz-baoan", applied: 0, partly: 1, notApplied: 0, overtaken: 0 },
        ...{ revoked: 0, kept: 0, unanswered: 0 },
      },
    ]);
    await expect(report("00000000-0000-4000-8000-000000000001")).rejects.toMatchObject({
      stderr: expect.stringContaining("feedback.not-given"),
    });
  });

  it("does as its operator has chosen when the city is away", async () => {
    await gateway.kill("SIGKILL");
    const { from, hits } = await screened();
    expect(from).toBe("copies");
    expect(hits.map(({ subject }) => subject)).toEqual(listed);
    await gateway.start();
  });

  const revocations = async (...args: readonly string[]) =>
    (await execute(process.execPath, [main, "revocations", "--home", longgang.home, ...args])).stdout;
  const notices = async () =>
    shownRevocationsSchema.parse((await asker.call("/v1/revocations")).body).revocations;

  it("has the measure revoked once its source has repaired the record: asked by the city, answered by the member", async () => {
    const { hits } = await screened();
    const id = hits[0]?.records[0]?.id ?? "";
    await execute(process.execPath, [main, "correct", id, "--repair", "--home", baoan.home]);
    await vi.waitFor(async () => expect(await notices()).toHaveLength(1), often);
    const [shown] = await notices();
    expect(shown).toMatchObject({
      ...{ record: id, source: "sz-baoan", matter: "2026-0042", effect: "repaired", standing: "open" },
    });
    expect(await counted()).toMatchObject([{ partly: 1, overtaken: 1, unanswered: 1 }]);
    expect(JSON.parse(await atCity("--open", "--json"))).toMatchObject([
      { member: "sz-longgang", source: "sz-baoan", notice: shown?.notice, matter: "2026-0042", late: false },
    ]);
    const open = await atCity("--open");
    for (const named of ["sz-longgang", "2026-0042", id]) expect(open).toContain(named);
    expect(await revocations("answer", "1", "--outcome", "revoked")).toContain("answered");
    expect(await revocations()).toMatch(/^│ 1 .*revoked/m);
    expect(await atCity("--open")).toContain("every notice was answered");
    expect(await counted()).toMatchObject([{ overtaken: 1, revoked: 1, unanswered: 0 }]);
    const [asked, answered] = readEntries(gateway.logFile).filter(({ kind }) =>
      ["measures.asked", "measures.answered"].includes(kind),
    );
    expect(asked).toMatchObject({ kind: "measures.asked", actor: null, member: "sz-longgang" });
    expect(answered).toMatchObject({ kind: "measures.answered", actor: "sz-longgang", outcome: "revoked" });
    expect(JSON.stringify([asked, answered])).not.toContain(id);
  });
});
