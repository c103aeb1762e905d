import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type SearchAnswer, searchAnswerSchema } from "@xinqiao/protocol/audit";
import type { Exchange } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ask,
  createParty,
  expectSigned,
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

const baoan = createParty({ node: "sz-baoan", role: "district" });
const longgang = createParty({ node: "sz-longgang", role: "district" });
const lapsed = createParty({ node: "old-audit", role: "auditor", status: "suspended" });
const watched = composeUscc({ division: "440300", serial: "TEXT0002" });
const subject = { kind: "enterprise", scheme: "uscc", id: watched } as const;
const path = "/v1/audit/searches";

let node: PlacedNode;
let prepared: PreparedAgent;
let auditor: RunningAgent;
let gateway: TestGateway;
let first: Exchange;
let second: Exchange;

beforeAll(async () => {
  node = await placeNode("dg", "441900");
  prepared = await prepareAgent({ node: "sz-audit", role: "auditor" });
  gateway = await startGateway([baoan, longgang, lapsed, prepared.party, node.party]);
  const { member } = gateway.city;
  auditor = await prepared.start([member, node.party.member, prepared.party.member], gateway);
  first = await ask(baoan, gateway, sampleLookup({ subject }));
  second = await ask(longgang, gateway, sampleLookup({ purpose: "licensing-review" }));
  await send(await prepare(longgang, gateway, sampleLookup({ purpose: "no-such-purpose" })));
});

afterAll(async () => {
  await auditor.close();
  await gateway.close();
  await node.fake.close();
});

async function search(criteria: object, more: object = {}): Promise<SearchAnswer> {
  const { status, body } = await auditor.call(path, { criteria, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return searchAnswerSchema.parse(body);
}

const indexes = ({ lines }: SearchAnswer) => lines.map(({ entries }) => entries.map(({ index }) => index));

describe("an auditor", () => {
  it.each<[string, object]>([
    ["member", { member: "sz-baoan" }],
    ["purpose and outcome", { purpose: "bid-review", outcome: "complete" }],
    ["subject", { subject, purpose: "bid-review" }],
    ["who was asked, and time", { target: "dg", purpose: "bid-review", from: "2026-01-01T00:00:00Z" }],
  ])("finds a lookup by %s", async (_what, criteria) => {
    const { intent, outcome } = first.log;
    const answer = await search(criteria);
    expect(indexes(answer)).toEqual([[intent, outcome]]);
    expect(answer.lines[0]?.entries[0]?.leaf).toContain(first.exchange);
    expect(answer.head.size).toBe(answer.log.size);
  });

  it("finds what was refused, by its code", async () => {
    const { lines } = await search({ outcome: "refused", code: "lookup.purpose-unknown" });
    expect(lines).toHaveLength(1);
    expect((await search({ outcome: "refused", member: "sz-baoan" })).lines).toEqual([]);
  });

  it("reads page by page, newest first, in the log as it was for the first page", async () => {
    const criteria = { member: "sz-longgang" };
    const whole = await search(criteria);
    expect(indexes(whole)).toEqual([[expect.any(Number)], [second.log.intent, second.log.outcome]]);
    const one = await search(criteria, { limit: 1 });
    await ask(longgang, gateway, sampleLookup());
    const two = await search(criteria, { limit: 1, after: one.next });
    expect([...indexes(one), ...indexes(two)]).toEqual(indexes(whole));
    expect([two.head, two.next]).toEqual([one.head, undefined]);
  });

  it("stands in the log with every search, before it is answered, and names no subject there", async () => {
    const { log } = await search({ subject, member: "sz-baoan" });
    const entry = (await readLog(gateway))[log.index];
    expect(entry).toMatchObject({
      kind: "audit.searched",
      actor: "sz-audit",
      criteria: ["member", "subject"],
      commitments: { subject: expect.any(String) },
    });
    const told = [...gateway.lines, ...auditor.lines].join("");
    expect(findMarkers(Buffer.from(told + JSON.stringify(entry)), [watched])).toEqual([]);
  });

  it("asks for no records", async () => {
    const refused = await send(await prepare(prepared.party, gateway, sampleLookup()));
    expect(refused.code).toBe("policy.role-not-allowed");
  });
});

describe("who is no auditor", () => {
  it.each([
    [baoan, "policy.role-not-allowed"],
    [lapsed, "policy.member-not-active"],
  ])("is told nothing, and that is logged", async (party, code) => {
    const sending = await prepare(party, gateway, { criteria: {} }, { path });
    const sent = await send(sending);
    expectSigned(sent, sending, gateway);
    expect([sent.status, sent.code]).toEqual([403, code]);
    expect((await readLog(gateway)).at(-1)).toMatchObject({ kind: "request.refused", code });
    expect((await send(sending)).code).toBe("signature.replayed");
  });

  it("is told what of a request is wrong, and never what it said", async () => {
    const wrong = { ...subject, id: "91440300XQ8888888X" };
    const sending = await prepare(prepared.party, gateway, { criteria: { subject: wrong } }, { path });
    const sent = await send(sending);
    expect(sent.code).toBe("lookup.subject-invalid");
    expect(sent.text).not.toContain(wrong.id);
    const unknown = await prepare(prepared.party, gateway, { criteria: { name: "示例" } }, { path });
    expect((await send(unknown)).code).toBe("request.field-unknown");
  });
});

it("anybody finds the proof of an entry by its hash", async () => {
  const database = new Database(gateway.logFile, { readonly: true });
  const hash = database
    .prepare<[number], Buffer>("SELECT hash FROM node WHERE level = 0 AND idx = ?")
    .pluck()
    .get(first.log.outcome);
  database.close();
  await vi.waitFor(async () => {
    const reply = await request(`${gateway.origin}/log/proof?hash=${hash?.toString("hex")}`);
    expect(await reply.body.json()).toMatchObject({
      index: first.log.outcome,
      leafHash: hash?.toString("base64"),
    });
  }, 20_000);
  const unknown = await request(`${gateway.origin}/log/proof?hash=${"0".repeat(64)}`);
  expect(unknown.statusCode).toBe(404);
  await unknown.body.dump();
});

describe("at a terminal", () => {
  it("an auditor searches, with the identifier on standard input", async () => {
    const args = ["log", "search", "--home", prepared.home, "--subject", "-", "--purpose", "bid-review"];
    const found = await run("node-agent", args, watched);
    expect(found.problem).toBe("");
    expect(found.out).toContain(first.exchange);
    expect(found.out).toMatch(/北京时间.*获准查询 lookup\.intent.* bid-review .*完整 complete/s);
    expect(found.out).not.toContain(second.exchange);
    const json = await run("node-agent", [...args, "--json"], watched);
    expect(indexes(searchAnswerSchema.parse(JSON.parse(json.out)))).toEqual([
      [first.log.intent, first.log.outcome],
    ]);
    const odd = await run("node-agent", [...args, "--member", "sz-baoann", "--json"], watched);
    expect(odd.problem).toMatch(/^no member sz-baoann .*本地成员清单中没有 sz-baoann/);
    expect(searchAnswerSchema.parse(JSON.parse(odd.out)).lines).toEqual([]);
    const wrong = await run("node-agent", ["log", "search", "--home", prepared.home, "--outcome", "odd"]);
    expect(wrong).toMatchObject({ code: 1, problem: expect.stringContaining("outcome") });
  });

  it("the operator lists and shows from the files, while the gateway runs", async () => {
    const { city, origin, folder } = gateway;
    const { node: id, name, division } = city.member;
    const config = { node: id, name, division, origin, listen: "127.0.0.1:1", admin: "127.0.0.1:2" };
    await writeFile(
      join(folder, "gateway.json"),
      JSON.stringify({ ...config, signingKey: "key.json", logTagKey: "log-tag.key" }),
    );
    const home = ["--home", folder];
    const listed = await run(
      "gateway",
      ["log", "list", ...home, "--subject", "-", "--member", "sz-baoan"],
      watched,
    );
    expect(listed.out).toContain("北京时间");
    const row = listed.out.split("\n").find((line) => line.includes("lookup.intent"));
    const cells = row?.split("│").slice(1, -1);
    expect(cells?.map((cell) => cell.trim())).toEqual([
      String(first.log.intent),
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      "获准查询 lookup.intent",
      "sz-baoan",
      "bid-review",
      "完整 complete",
      "-",
      first.exchange,
    ]);
    expect(listed.problem).toBe("");
    const odd = await run("gateway", ["log", "list", ...home, "--purpose", "bid-reveiw", "--json"]);
    expect(odd).toMatchObject({ code: 0, problem: expect.stringContaining("目录中没有用途 bid-reveiw") });
    expect(odd.out.trim()).toBe("");
    expect((await run("gateway", ["log", "alerts", ...home, "--all"])).out).toBe("没有告警 no alerts\n");
    const entry = (await readLog(gateway))[first.log.intent];
    const shown = await run("gateway", ["log", "show", entry?.traceId ?? "", ...home]);
    expect(shown.out.trim().split("\n")).toEqual([
      expect.stringContaining(`${first.log.intent}\t`),
      expect.stringContaining(`${first.log.outcome}\t`),
    ]);
  });
});

/** Runs a command to its end. */
async function run(server: "gateway" | "node-agent", args: readonly string[], input = "") {
  const main = programFile(server);
  const command = spawn(process.execPath, [main, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  command.stdin.end(input);
  const ended = once(command, "exit");
  const [out, problem] = await Promise.all([text(command.stdout), text(command.stderr)]);
  const [code] = await ended;
  return { out, problem, code };
}
