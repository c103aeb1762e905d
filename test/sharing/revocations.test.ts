import { mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedHub, openHub } from "@xinqiao/gateway";
import {
  createAsking,
  type ReadRevocationsError,
  readRevocations,
  takeAnswer,
} from "@xinqiao/gateway/measures";
import { createOneWait, createTakenSignal, type UntilTaken } from "@xinqiao/gateway/sharing";
import { type AgentStore, openStore } from "@xinqiao/node-agent";
import {
  answerRevocation,
  hearRevocations,
  keepHearing,
  listRevocations,
} from "@xinqiao/node-agent/feedback";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import {
  type MeasureReport,
  mostNotices,
  type RevocationsRequest,
  revocationAnswerMessageSchema,
  revocationsRequestSchema,
  signMeasureReport,
  signRevocationAnswer,
  signRevocationNotice,
  textHash,
} from "@xinqiao/protocol/measures";
import { type Fault, fault, problemMediaType, statusOf, toProblem } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, signResponse, verifyRequest } from "@xinqiao/protocol/signing";
import { changeSchema, feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import { testFederation, testNonce, testNow, testRecord } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SentToHub } from "./wire.ts";

const { directory, signer } = testFederation();
const [city, dg, hz, baoan] = ["sz", "dg", "hz", "sz-baoan"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const never = new AbortController().signal;
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const record = "penalty:示罚〔2026〕1号";
const exchange = "00000000-0000-4000-8000-000000000001";
const lastDay = "2026-01-06";

let folder: string;
let hub: OpenedHub;
let store: AgentStore;
let entries: LogEntryDraft[];
let today: string;
/** Whether the log takes anything. */
let isLogFull: boolean;
/** When a member began to wait for something new. */
let waits: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-revocations-"));
  hub = openHub(join(folder, "sharing.db"));
  store = openStore(join(folder, "dg.db"));
  [entries, today, isLogFull, waits] = [[], "2026-01-01", false, 0];
});

afterEach(() => {
  for (const each of [hub, store]) each.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = (member: Member) => {
  const claim = { keyId: member.node, nonce: "A".repeat(22), expiresAt: testNow + 1_000 };
  return { member, requestId: exchange, traceId: "0".repeat(32), claim };
};

const log = {
  origin: "sz/log",
  async append(draft: LogEntryDraft) {
    if (isLogFull) return err({ code: "log.unavailable" as const });
    entries.push(draft);
    return ok({ index: entries.length - 1, size: entries.length, root: "AAAA" });
  },
};

/** The source tells a version of the record. */
function tell(version: number, state: string): void {
  const change = changeSchema.parse({
    seq: version,
    salt: "A".repeat(22),
    record: testRecord({ id: record, version, state }),
  });
  const line = JSON.stringify(change);
  const none = { told: 0, refused: 0, judged: 0, timely: 0, required: 0, requiredFilled: 0, optional: 0 };
  hub.take({
    source: baoan,
    page: { feed, from: version, last: version, hash: lineHash(line), complete: true },
    head: line,
    changes: [{ change, line }],
    refused: [],
    first: new Set(version === 1 ? [record] : []),
    letters: [],
    at: testNow,
    score: { ...none, optionalFilled: 0, month: "2026-01" },
    holders: () => [],
    today: "2026-01-01",
    dueOn: () => "2026-01-02",
  });
}

async function report(change: Partial<MeasureReport> = {}): Promise<void> {
  const said: MeasureReport = {
    iss: dg,
    iat: testNow / 1000,
    exchange,
    source: baoan,
    record,
    version: 1,
    outcome: "applied",
    matter: "2026-0042",
    on: "2026-01-01",
    ...change,
  };
  const text = await signMeasureReport(said, signer(said.iss));
  hub.keepReport({ report: said, text, sha256: textHash(text), isFollowed: true });
}

const ask = (onAsked: () => void = () => undefined) =>
  createAsking({
    self: city,
    revocations: hub.revocations,
    durable: hub.durable,
    signer: signer("sz"),
    log,
    now: () => testNow,
    today: () => today,
    dueOn: () => lastDay,
    onAsked,
  }).ask();

const answering = {
  directory: () => directory,
  log,
  onAnswered: () => undefined,
  now: () => testNow,
};

/** The gateway, without HTTP. */
async function answered(request: SentToHub): Promise<Result<object, Fault>> {
  const from = verifyRequest(request, request.body, { key: directory.key, self: city, now: testNow });
  if (!from.ok) return from;
  const { keyId, nonce, nonceExpiresAt: expiresAt, requestId } = from.value;
  const { member } = from.value.from;
  const body: unknown = JSON.parse(Buffer.from(request.body).toString());
  const { revocations, durable } = hub;
  const about = { member, requestId, traceId: "0".repeat(32), claim: { keyId, nonce, expiresAt } };
  if (request.path === "/v1/revocations") {
    const asked = revocationsRequestSchema.parse(body);
    const untilAsked = async () => {
      waits += 1;
    };
    const read = await readRevocations(
      { asked, ...about, gone: never },
      { revocations, untilAsked, directory: () => directory, log },
    );
    return read.ok ? read : err(faultOf(read.error));
  }
  const message = revocationAnswerMessageSchema.parse(body);
  const taken = await takeAnswer({ message, ...about }, { revocations, durable, ...answering });
  if (taken.ok) return taken;
  return err(faultOf(taken.error));
}

const faultOf = (error: ReadRevocationsError): Fault =>
  "refused" in error ? error.refused : fault(error.failed.code);

const call = (node: NodeId) => ({
  node,
  gateway: { node: city, origin: "https://sz.example" },
  directory: () => directory,
  signer: signer(node),
  async send(request: SentToHub) {
    const said = await answered(request);
    const { status, text, contentType } = replyTo(said);
    const body = Buffer.from(text);
    const sealing = { signer: signer("sz"), now: testNow, nonce: testNonce };
    const headers = await signResponse({ status, body, contentType, request }, sealing);
    return ok({ head: { status, field: fieldReader(headers) }, body });
  },
  entropy: systemEntropy(),
  now: () => testNow,
  revocations: store.revocations,
});

function replyTo(said: Result<object, Fault>) {
  if (said.ok) return { status: 200, text: JSON.stringify(said.value), contentType: "application/json" };
  const text = JSON.stringify(toProblem(said.error, { hop: "sz" }));
  return { status: statusOf(said.error), text, contentType: problemMediaType };
}

async function hear(node = dg) {
  const heard = await hearRevocations(call(node), never, 0);
  if (!heard.ok) throw new Error(JSON.stringify(heard.error));
  return heard.value;
}

async function answer(outcome: "revoked" | "kept", notice = listed()[0]?.notice ?? "") {
  const why = outcome === "kept" && { reason: "示例理由" };
  const told = await answerRevocation({ notice, outcome, on: "2026-01-01", ...why }, call(dg), never);
  if (told.ok) return "receipted";
  return told.error.by === "agent" ? told.error.fault.code : told.error.problem.code;
}

/** A member that dies before it has heard that the city has its answer. */
function dying() {
  const answered = () => {
    throw new Error("died");
  };
  return { ...call(dg), revocations: { ...store.revocations, answered } };
}

/** What the city says comes too late. */
function losingReplies() {
  const { send, ...rest } = call(dg);
  const lost = async (request: SentToHub) => {
    await send(request);
    return err(fault("gateway.unreachable"));
  };
  return { ...rest, send: lost };
}

const listed = () => listRevocations(store.revocations).revocations;
const standings = () => listed().map(({ standing }) => standing);
const kinds = () => entries.map(({ kind }) => kind);
const open = () => hub.revocations.open().map(({ member }) => member);

/** Puts one end's file back to what `keep` has kept of it. */
async function keep(file: string): Promise<() => Promise<void>> {
  const path = join(folder, file);
  const reopen = () => {
    if (file === "dg.db") store = openStore(path);
    else hub = openHub(path);
  };
  const close = () => (file === "dg.db" ? store : hub).close();
  close();
  await copyFile(path, `${path}.kept`);
  reopen();
  return async () => {
    close();
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    await copyFile(`${path}.kept`, path);
    reopen();
  };
}

describe("a measure whose record is repaired", () => {
  beforeEach(async () => {
    tell(1, "current");
    await report();
    tell(2, "repaired");
    await ask();
  });

  it("has its member asked, once, by a notice of the city's that the log names and that says by when", async () => {
    expect(await hear()).toEqual({ asked: 1, again: false });
    expect(listed()).toMatchObject([
      {
        ...{ number: 1, standing: "open", source: "sz-baoan", record, matter: "2026-0042" },
        ...{ effect: "repaired", dueOn: lastDay },
      },
    ]);
    const [shown] = listed();
    expect(entries).toMatchObject([
      { kind: "measures.asked", member: dg, source: baoan, notice: shown?.notice, dueOn: lastDay },
      { kind: "revocations.delivered", actor: dg, notices: [shown?.notice] },
    ]);
    for (const secret of [record, "2026-0042"]) expect(JSON.stringify(entries)).not.toContain(secret);
    await ask();
    expect(await hear()).toEqual({ asked: 0, again: false });
    expect(entries).toHaveLength(2);
  });

  it("is nobody else's business: another member is neither handed the notice nor may it answer", async () => {
    await hear();
    const [notice = ""] = listed().map((each) => each.notice);
    expect(await hear(hz)).toEqual({ asked: 0, again: false });
    const by = { ...call(hz), revocations: store.revocations };
    const told = await answerRevocation({ notice, outcome: "revoked", on: "2026-01-01" }, by, never);
    expect(told).toMatchObject({ ok: false, error: { problem: { code: "feedback.not-asked" } } });
    expect(open()).toEqual([dg]);
  });

  it("is not answered by what is to be done some day: its member does not sign it, nor does the city take it", async () => {
    await hear();
    const [{ notice = "" } = {}] = listed();
    const done = { notice, outcome: "revoked", on: "2026-01-02" } as const;
    expect(await answerRevocation(done, call(dg), never)).toMatchObject({
      error: { by: "agent", fault: { code: "feedback.answer-invalid" } },
    });
    const member = directory.member(dg);
    if (member === undefined) throw new Error("no such member");
    const given = async (on: string) => {
      const text = await signRevocationAnswer({ ...done, on, iss: dg, iat: testNow / 1000 }, signer(dg));
      const { revocations, durable } = hub;
      return takeAnswer(
        { message: { answer: text }, ...request(member) },
        { revocations, durable, ...answering },
      );
    };
    expect(await given("2026-01-03")).toMatchObject({
      error: { refused: { code: "feedback.answer-invalid" } },
    });
    expect(open()).toEqual([dg]);
    expect(await given("2026-01-02"), "its clock may be ahead").toMatchObject({ ok: true });
  });

  it("is settled by its member's answer, which the log names and the city keeps", async () => {
    await hear();
    expect(open()).toEqual([dg]);
    expect(await answer("revoked")).toBe("receipted");
    expect(standings()).toEqual(["revoked"]);
    expect(open()).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ kind: "measures.answered", actor: dg, outcome: "revoked" });
    expect(hub.measureCounts()).toMatchObject([{ source: baoan, revoked: 1, unanswered: 0 }]);
  });

  it("may be kept for a reason and revoked after all, and not the other way round", async () => {
    await hear();
    expect(await answer("kept")).toBe("receipted");
    expect(hub.measureCounts()).toMatchObject([{ kept: 1, unanswered: 0 }]);
    expect(await answer("revoked")).toBe("receipted");
    expect(await answer("kept")).toBe("feedback.already-answered");
    expect(standings()).toEqual(["revoked"]);
    expect(hub.measureCounts()).toMatchObject([{ kept: 0, revoked: 1 }]);
  });

  it("is said to be late once, when its last day is over without an answer", async () => {
    today = lastDay;
    await ask();
    expect(kinds()).not.toContain("measures.late");
    today = "2026-01-07";
    for (const _again of [1, 2]) await ask();
    expect(kinds().filter((kind) => kind === "measures.late")).toHaveLength(1);
    await hear();
    expect(await answer("revoked")).toBe("receipted");
  });

  it("is asked about no more when the record stands again", async () => {
    await hear();
    tell(3, "current");
    await hear();
    expect(standings()).toEqual(["settled"]);
    expect(await answer("revoked")).toBe("feedback.not-asked");
    today = "2026-01-07";
    await ask();
    expect(kinds()).not.toContain("measures.late");
  });

  it("has its notice heard again by a member whose store was put back, and its answer known for settled", async () => {
    const putBackUnheard = await keep("dg.db");
    await hear();
    await putBackUnheard();
    expect(await hear()).toEqual({ asked: 1, again: false });
    const putBackUnanswered = await keep("dg.db");
    expect(await answer("revoked")).toBe("receipted");
    await putBackUnanswered();
    expect(standings()).toEqual(["open"]);
    await hear();
    expect(standings()).toEqual(["settled"]);
  });

  it("has its answer known to a member that died before it had heard that the city has it", async () => {
    await hear();
    const [{ notice = "" } = {}] = listed();
    const done = { notice, outcome: "kept" as const, on: "2026-01-01", reason: "示例理由" };
    await expect(answerRevocation(done, dying(), never)).rejects.toThrow("died");
    expect(standings()).toEqual(["open"]);
    await hear();
    expect(listed()).toMatchObject([{ standing: "kept", on: "2026-01-01", reason: "示例理由" }]);
    const answers = entries.flatMap((entry) => (entry.kind === "measures.answered" ? [entry.answer] : []));
    expect(new Set(answers).size, "as it was signed").toBe(1);
    await hear();
    expect(answers).toHaveLength(2);
  });

  it("has its second answer known too to a member that died before it had heard, and given to a city that was put back", async () => {
    await hear();
    const [{ notice = "" } = {}] = listed();
    const putBack = await keep("sharing.db");
    expect(await answer("kept")).toBe("receipted");
    const done = { notice, outcome: "revoked" as const, on: "2026-01-01" };
    await expect(answerRevocation(done, dying(), never)).rejects.toThrow("died");
    await putBack();
    await hear();
    expect(listed()).toMatchObject([{ standing: "revoked", on: "2026-01-01" }]);
    expect(hub.measureCounts()).toMatchObject([{ kept: 0, revoked: 1 }]);
    expect(store.revocations.unsent()).toEqual([]);
  });

  it.each([
    { outcome: "revoked", hasIt: "the city has", second: "feedback.already-answered" },
    { outcome: "revoked", hasIt: "the city has not", second: "receipted" },
    { outcome: "kept", hasIt: "the city has", second: "receipted" },
  ] as const)(
    "stands as the city has it, whose member answers otherwise after $outcome, of which it did not hear that $hasIt it",
    async (first) => {
      await hear();
      const [{ notice = "" } = {}] = listed();
      const away = { ...call(dg), send: async () => err(fault("gateway.unreachable")) };
      const deps = first.hasIt === "the city has" ? losingReplies() : away;
      const reason = first.outcome === "kept" && { reason: "示例理由" };
      const done = { notice, outcome: first.outcome, on: "2026-01-01", ...reason };
      expect(await answerRevocation(done, deps, never)).toMatchObject({ ok: false });
      const other = first.outcome === "kept" ? "revoked" : "kept";
      expect(await answer(other, notice)).toBe(first.second);
      for (const _again of [1, 2]) await hear();
      const standing = first.second === "receipted" ? other : first.outcome;
      expect(standings()).toEqual([standing]);
      expect(hub.measureCounts()).toMatchObject([{ kept: 0, revoked: 0, [standing]: 1 }]);
      expect(store.revocations.unsent()).toEqual([]);
    },
  );

  it("has no answer from a member that could not give it before the record stood again", async () => {
    await hear();
    const [{ notice = "" } = {}] = listed();
    const away = { ...call(dg), send: async () => err(fault("gateway.unreachable")) };
    const done = { notice, outcome: "revoked" as const, on: "2026-01-01" };
    expect(await answerRevocation(done, away, never)).toMatchObject({ ok: false });
    await hear();
    expect(standings(), "nobody says so for whoever was told that it failed").toEqual(["open"]);
    tell(3, "current");
    await hear();
    await hear();
    expect(standings()).toEqual(["settled"]);
    expect(kinds()).not.toContain("measures.answered");
  });

  it("has its answer given again to a city that was put back, as it was signed", async () => {
    const putBack = await keep("sharing.db");
    await hear();
    expect(await answer("revoked")).toBe("receipted");
    await putBack();
    expect(open()).toEqual([dg]);
    await hear();
    expect(open()).toEqual([]);
    const answers = entries.flatMap((entry) => (entry.kind === "measures.answered" ? [entry.answer] : []));
    expect(answers).toHaveLength(2);
    expect(new Set(answers).size).toBe(1);
  });

  it("has a member that waits told at once, by the notice and by its settlement", async () => {
    const signal = createTakenSignal();
    const oneWait = createOneWait(signal);
    // No time is long enough: only a signal ends it.
    const untilAsked: UntilTaken = (node, _ms, gone) => oneWait(node, 2 ** 30, gone);
    const member = directory.member(dg);
    if (member === undefined) throw new Error("no such member");
    const wait = (heard: readonly string[]) =>
      readRevocations(
        { asked: { heard: [...heard], waitMs: 25_000 }, ...request(member), gone: never },
        { revocations: hub.revocations, untilAsked, directory: () => directory, log },
      );
    const [{ notice = "" } = {}] = hub.revocations.open();
    await report({ exchange: "00000000-0000-4000-8000-000000000002" });
    const waiting = wait([notice]);
    await ask(signal.taken);
    const told = await waiting;
    if (!told.ok) throw new Error("refused");
    expect(told.value.notices.map(textHash)).toEqual(
      hub.revocations.open().flatMap((each) => (each.notice === notice ? [] : [each.notice])),
    );
    await hear();
    const settling = wait(listed().map((each) => each.notice));
    expect(await answer("revoked", notice)).toBe("receipted");
    signal.taken();
    expect(await settling).toMatchObject({ ok: true, value: { notices: [], settled: [notice] } });
  });

  it("is in the log as handed out, with the request's claim, or goes nowhere; a question that brings nothing is not", async () => {
    const member = directory.member(dg);
    if (member === undefined) throw new Error("no such member");
    const appended: unknown[] = [];
    const watching = {
      ...log,
      append(draft: LogEntryDraft, claim?: unknown) {
        appended.push([draft.kind, claim]);
        return log.append(draft);
      },
    };
    const [{ notice = "" } = {}] = hub.revocations.open();
    const question = (heard: string[]) =>
      readRevocations(
        { asked: { heard, waitMs: 0 }, ...request(member), gone: never },
        {
          revocations: hub.revocations,
          untilAsked: () => Promise.resolve(),
          directory: () => directory,
          log: watching,
        },
      );
    isLogFull = true;
    expect(await question([])).toEqual(err({ failed: { code: "log.unavailable" } }));
    isLogFull = false;
    expect(await question([])).toMatchObject({ value: { notices: [{}] } });
    expect(entries.at(-1)).toMatchObject({ kind: "revocations.delivered", actor: dg, notices: [notice] });
    const { claim } = request(member);
    expect(appended).toEqual(Array.from({ length: 2 }, () => ["revocations.delivered", claim]));
    expect(await question([notice])).toEqual(ok({ notices: [], settled: [] }));
    expect(appended).toHaveLength(2);
  });

  it("is told nothing to a member that was suspended while it waited", async () => {
    const member = directory.member(dg);
    if (member === undefined) throw new Error("no such member");
    const [{ notice = "" } = {}] = hub.revocations.open();
    let known: typeof member | undefined = member;
    const question = () =>
      readRevocations(
        { asked: { heard: [notice], waitMs: 25_000 }, ...request(member), gone: never },
        {
          log,
          revocations: hub.revocations,
          directory: () => ({ member: () => known }),
          async untilAsked() {
            known = known && { ...known, status: "suspended" };
          },
        },
      );
    const refused = { ok: false, error: { refused: { code: "policy.member-not-active" } } };
    expect(await question()).toMatchObject(refused);
    known = undefined;
    expect(await question(), "it is listed no more").toMatchObject(refused);
  });

  it("waits for something new only when both ends agree", async () => {
    await hear();
    expect(waits, "handed out at once").toBe(0);
    await hear();
    expect(waits).toBe(1);
  });
});

it("hands out no notice that is not in the log, and the same one once it is", async () => {
  tell(1, "repaired");
  await report();
  isLogFull = true;
  await ask();
  expect(await hear()).toEqual({ asked: 0, again: false });
  isLogFull = false;
  await ask();
  expect(await hear()).toEqual({ asked: 1, again: false });
  expect(kinds()).toEqual(["measures.asked", "revocations.delivered"]);
});

/** A gateway that tells whatever notices it is given, by what it is said to have been heard. */
function telling(texts: readonly string[]) {
  const asked: RevocationsRequest[] = [];
  const deps = {
    ...call(dg),
    async send(request: SentToHub) {
      const question = revocationsRequestSchema.parse(JSON.parse(Buffer.from(request.body).toString()));
      asked.push(question);
      const heard = new Set(question.heard);
      const notices = texts.filter((text) => !heard.has(textHash(text))).slice(0, mostNotices);
      const settled = question.heard.filter((each) => !texts.some((text) => textHash(text) === each));
      const body = Buffer.from(JSON.stringify({ notices, settled }));
      const sealing = { signer: signer("sz"), now: testNow, nonce: testNonce };
      const headers = await signResponse(
        { status: 200, body, contentType: "application/json", request },
        sealing,
      );
      return ok({ head: { status: 200, field: fieldReader(headers) }, body });
    },
  };
  return { deps, asked };
}

const noticeTo = (member: NodeId, by = "sz", matter = "1") =>
  signRevocationNotice(
    {
      ...{ iss: city, iat: testNow / 1000, member, report: "A".repeat(43), exchange, source: baoan },
      ...{ record, matter, effect: "repaired", dueOn: lastDay },
    },
    signer(by),
  );
const ids = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
const invalid = { fault: { code: "gateway.response-invalid" } };

it("is not taken from a city when somebody else has signed it: the member says so and asks again later", async () => {
  const { deps } = telling([await noticeTo(dg, "hz")]);
  expect(await hearRevocations(deps, never, 0)).toMatchObject({
    ok: true,
    value: { asked: 0, fault: invalid },
  });
  expect(listed()).toEqual([]);
  const said = Promise.withResolvers<unknown>();
  const { resolve: revocationsFault, reject: failed } = said;
  const end = keepHearing({ ...deps, events: { revocationsAsked: failed, revocationsFault, failed } });
  expect(await said.promise.finally(end)).toMatchObject(invalid);
});

it("holds up no other when it is not to this member, nor what is settled, however many come before", async () => {
  const [before, last] = [await noticeTo(dg), await noticeTo(dg, "sz", "2")];
  await hearRevocations(telling([before]).deps, never, 0);
  const others = await Promise.all(ids(mostNotices + 1).map((matter) => noticeTo(hz, "sz", matter)));
  const { deps, asked } = telling([...others, last]);
  expect(await hearRevocations(deps, never, 0)).toMatchObject({
    ok: true,
    value: { asked: 1, fault: invalid },
  });
  expect(listed().map(({ matter, standing }) => [matter, standing])).toEqual([
    ["2", "open"],
    ["1", "settled"],
  ]);
  expect(asked).toHaveLength(2);
});
