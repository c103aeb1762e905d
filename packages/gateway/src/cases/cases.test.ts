import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CaseReply,
  caseStepSchema,
  dueOf,
  officialCaseTerms,
  openCase,
  signCaseStep,
  stepHash,
} from "@xinqiao/protocol/cases";
import { type Catalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, type Result } from "@xinqiao/protocol/result";
import { changeSchema, feedIdSchema, lineHash, type Subscription } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNow, testPurpose, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import { noScore } from "../scorecard/index.ts";
import {
  createDisputedFor,
  createOneWait,
  createPackedPages,
  createTakenSignal,
  createTurns,
  type DisputedFor,
  readChanges,
  type TakenSignal,
} from "../sharing/index.ts";
import { type OpenedHub, openHub } from "../store/sqlite/index.ts";
import { type CaseError, readCases, sayDue, takeCaseStep } from "./index.ts";

const { directory, signer } = testFederation();
const [city, baoan, dg, hz] = ["sz", "sz-baoan", "dg", "hz"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const id = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const [otherId, thirdId, lastId] = ["4f", "50", "51"].map((end) => `${id.slice(0, -2)}${end}`);
const record = "penalty:示例罚〔2026〕1号";
const reason = "示例理由";
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const all: Subscription = { items: "all", jurisdictions: "all", subjectKinds: "all" };
const nothing: Member["scope"] = { items: [], purposes: "all" };
const never = new AbortController().signal;
const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
const workingDayAfter = (day: string, days: number) => dayOf(Date.parse(day) / 1000 + days * 86_400);

let folder: string;
let hub: OpenedHub;
let log: MemoryAuditLog;
let catalogue: Catalogue;
let members: Directory;
let signal: TakenSignal;
let turns: ReturnType<typeof createTurns>;
let now: number;
let requests: number;
/** What the source has told last. */
let told: number;
let disputedFor: DisputedFor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-cases-"));
  hub = openHub(join(folder, "sharing.db"));
  log = createMemoryAuditLog({ origin: "sz/log", now: () => now, randomBytes });
  catalogue = indexCatalogue({ classes: [], items: [testItem()], purposes: [] });
  signal = createTakenSignal();
  turns = createTurns();
  [now, requests, told] = [testNow, 0, 0];
  members = directory;
  disputedFor = createDisputedFor({ ...dependencies(), hub });
  tell("current");
});

afterEach(() => {
  hub.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The source, which is dg, tells another version of the record. */
function tell(state: string, more: object = {}): void {
  told += 1;
  const change = changeSchema.parse({
    seq: told,
    salt: "A".repeat(22),
    record: testRecord({
      id: record,
      version: told,
      state,
      ...(state === "annotated" && { annotation: "示例" }),
      ...more,
    }),
  });
  const line = JSON.stringify(change);
  hub.take({
    source: dg,
    page: { feed, from: told, last: told, hash: lineHash(line), complete: true },
    head: line,
    changes: [{ change, line }],
    refused: [],
    first: new Set(told === 1 ? [record] : []),
    letters: [],
    at: now,
    score: { ...noScore, month: "2026-01" },
    holders: () => [],
    today: "2026-01-01",
    dueOn: () => "2026-01-02",
  });
}

const dependencies = () => ({
  self: city,
  cases: hub,
  log,
  signer: signer("sz"),
  turns,
  directory: () => members,
  catalogue: () => catalogue,
  dueOf: (held: Parameters<typeof dueOf>[0]) =>
    dueOf(held, city, { terms: officialCaseTerms, dayOf, workingDayAfter }),
  onStep: signal.taken,
  now: () => now,
  today: () => dayOf(now / 1000),
});

function asked(node: NodeId, change: Partial<Member> = {}) {
  const member = directory.member(node);
  if (member === undefined) throw new Error("no such member");
  requests += 1;
  const requestId = `00000000-0000-4000-8000-${`${requests}`.padStart(12, "0")}`;
  const claim = { keyId: node, nonce: requestId, expiresAt: now + 1000 };
  return { member: { ...member, ...change }, requestId, traceId: "1".repeat(32), claim };
}

const signed = (step: object) => {
  const parsed = caseStepSchema.parse({ case: id, iat: now / 1000, ...step });
  return signCaseStep(parsed, signer(parsed.iss));
};
const opening = (change: object = {}) => ({
  ...{ step: "opened", iss: baoan, kind: "objection", source: dg, record, reason, evidence: [] },
  ...change,
});
const after = () => hub.caseOf(id)?.case.last;
const decided = (outcome: string, version = told + 1) => ({
  ...{ step: "decided", iss: dg, after: after(), outcome, reason, version },
});

async function take(step: object, by?: NodeId, change: Partial<Member> = {}) {
  const text = await signed(step);
  const { iss } = caseStepSchema.parse({ case: id, iat: 0, ...step });
  return takeCaseStep({ message: { step: text }, ...asked(by ?? iss, change) }, dependencies());
}

async function check(finding: "same" | "differs" = "same"): Promise<void> {
  hub.leaveCheck({ case: id, finding });
  await sayDue(dependencies());
}

const codeOf = (taken: Result<CaseReply, CaseError>) =>
  taken.ok || !("refused" in taken.error) ? undefined : taken.error.refused.code;
const logged = (kind: string) => log.entries().filter((entry) => entry.kind === kind);

async function read(node: NodeId, change: object = {}, waitMs = 0) {
  const delivered = await readCases(
    { wanted: { after: 0, head: null, waitMs, ...change }, gone: never, ...asked(node) },
    { cases: hub, log, directory: () => directory, untilStepped: createOneWait(signal) },
  );
  if (!delivered.ok) throw new Error("refused");
  return delivered.value;
}

describe("a step that a member sends", () => {
  it("is in the log by its hash alone, kept, and says what the case waits for", async () => {
    const text = await signed(opening());
    const taken = await take(opening());
    expect(taken).toMatchObject({
      value: { case: id, step: stepHash(text), due: { by: city, on: "2026-01-02" }, log: { index: 0 } },
    });
    expect(log.entries()).toMatchObject([
      { kind: "case.stepped", actor: baoan, case: id, step: "opened", source: dg, sha256: stepHash(text) },
    ]);
    for (const hidden of [record, reason]) expect(JSON.stringify(log.entries())).not.toContain(hidden);
    expect(hub.caseOf(id)?.steps.map((each) => each.text)).toEqual([text]);
  });

  it("is answered as it was when it comes again, and changes nothing", async () => {
    const first = await take(opening());
    now += 3_600_000;
    const again = await takeCaseStep(
      { message: { step: hub.caseOf(id)?.steps[0]?.text ?? "" }, ...asked(baoan) },
      dependencies(),
    );
    expect(again).toEqual(first);
    expect(log.entries()).toHaveLength(1);
  });

  it("is taken however old it is where it follows: a city that was put back had lost it", async () => {
    await take(opening({ kind: "repair" }));
    const before = now / 1000;
    now += 86_400_000;
    const other = { ...decided("rejected"), after: stepHash("other"), iat: before };
    expect(codeOf(await take(other)), "of another chain").toBe("case.step-invalid");
    expect(codeOf(await take({ ...decided("rejected"), iat: now / 1000 + 301 }))).toBe("case.step-invalid");
    expect(await take({ ...decided("rejected"), iat: before })).toMatchObject({ ok: true });
  });

  it("is refused when another has signed it, of another time, and as the city's own check", async () => {
    expect(codeOf(await take(opening(), hz))).toBe("case.step-invalid");
    expect(codeOf(await take(opening({ iat: now / 1000 - 301 })))).toBe("case.step-invalid");
    await take(opening());
    const ownCheck = { step: "checked", iss: baoan, after: after(), finding: "same" };
    expect(codeOf(await take(ownCheck))).toBe("case.not-yours");
    expect(codeOf(await take(decided("withdrawn"), dg, { status: "suspended" }))).toBe(
      "policy.member-not-active",
    );
    expect(hub.caseOf(id)?.steps).toHaveLength(1);
  });

  it.each([
    ["of no such record", {}, { record: "penalty:none" }],
    ["of another source's", {}, { source: hz }],
    ["that it might not look up", { scope: nothing }, {}],
  ] as readonly [string, Partial<Member>, object][])(
    "raises nothing about a record %s, and learns not whether there is one",
    async (_of, member, change) => {
      const taken = await take(opening(change), baoan, member);
      expect(taken).toEqual(err({ refused: fault("case.record-unknown") }));
      expect(log.entries()).toEqual([]);
    },
  );

  const shared = (...shareScope: string[]) =>
    indexCatalogue({
      classes: [],
      items: [testItem({ disclosure: "government-shared", shareScope })],
      purposes: [
        testPurpose({ code: "approval" }),
        testPurpose({ code: "other-matter", items: ["licence"] }),
      ],
    });
  const agreedFor = (...purposes: (string | undefined)[]): Directory => ({
    ...directory,
    agreed: (_who, _place, purpose) => purposes.includes(purpose),
  });

  it.each([
    ["whose role its item is not shared with", shared("city"), directory, "case.record-unknown"],
    ["whose role it is shared with", shared("district"), directory, undefined],
    ["whose city has no agreement with the record's", shared("district"), agreedFor(), "case.record-unknown"],
    [
      "that has one for purposes without the item",
      shared("district"),
      agreedFor("other-matter"),
      "case.record-unknown",
    ],
    ["that has one for a purpose with it", shared("district"), agreedFor("approval"), undefined],
    ["that has one for all", shared("district"), agreedFor(undefined), undefined],
  ] as const)("of a member %s is judged as its lookup would be", async (_whose, listed, known, code) => {
    [catalogue, members] = [listed, known];
    const taken = await take(opening());
    expect(codeOf(taken)).toBe(code);
    if (code !== undefined) expect(taken).toEqual(await take(opening({ record: "penalty:none" })));
    expect(log.entries()).toHaveLength(code === undefined ? 1 : 0);
  });

  it("may be passed on to the record's source, which raises it whatever it may look up itself", async () => {
    [catalogue, members] = [shared("city"), agreedFor()];
    expect(codeOf(await take(opening()))).toBe("case.record-unknown");
    expect(await take(opening({ iss: dg }))).toMatchObject({ ok: true });
    expect((await read(baoan)).cases, "of which the counter hears nothing more").toEqual([]);
  });

  it("raises nothing about what is disclosed no more; its own source may, whatever its scope", async () => {
    expect(codeOf(await take(opening({ iss: dg }), dg, { scope: nothing }))).toBeUndefined();
    tell("withdrawn");
    const other = { case: otherId };
    expect(codeOf(await take(opening(other)))).toBe("case.record-unknown");
  });

  it("tells nobody whose case it is not that there is one", async () => {
    const none = { ...decided("withdrawn"), iss: hz, after: stepHash("none") };
    expect(codeOf(await take(none))).toBe("case.not-yours");
    await take(opening());
    expect(codeOf(await take(none))).toBe("case.not-yours");
    expect(codeOf(await take({ ...decided("withdrawn"), iss: baoan }))).toBe("case.not-yours");
    expect(codeOf(await take(opening({ iss: hz }))), "by its id").toBe("case.not-yours");
  });

  it("counts once where two race, whatever came first", async () => {
    await take(opening({ kind: "repair" }));
    const [repaired, rejected] = await Promise.all([take(decided("repaired")), take(decided("rejected"))]);
    expect([repaired, rejected].filter(({ ok }) => ok)).toHaveLength(1);
    expect([repaired, rejected].map(codeOf)).toContain("case.step-not-next");
    expect(logged("case.stepped")).toHaveLength(2);
  });

  it("raises no second case about a record while one of that kind of the same member's is open", async () => {
    const other = { case: otherId };
    const [first, second] = await Promise.all([take(opening()), take(opening(other))]);
    expect([codeOf(first), codeOf(second)]).toEqual([undefined, "case.already-open"]);
    expect(codeOf(await take(opening(other)))).toBe("case.already-open");
    expect(codeOf(await take(opening({ ...other, kind: "repair" })))).toBeUndefined();
    expect(codeOf(await take(opening({ case: thirdId, iss: hz })))).toBeUndefined();
    await check();
    await take(decided("rejected"));
    expect(codeOf(await take(opening({ case: lastId })))).toBeUndefined();
  });

  it("is none where the log cannot take it", async () => {
    const unavailable = { code: "log.unavailable" } as const;
    const full = { ...dependencies(), log: { ...log, append: async () => err(unavailable) } };
    const message = { step: await signed(opening()) };
    expect((await takeCaseStep({ message, ...asked(baoan) }, full)).ok).toBe(false);
    expect(hub.caseOf(id)).toBeUndefined();
  });
});

describe("a case in the hub's file", () => {
  it("is there with its steps, its deadline and its dispute when the file is opened again", async () => {
    await take(opening());
    await check();
    const before = [hub.caseOf(id), hub.disputed()];
    hub.close();
    hub = openHub(join(folder, "sharing.db"));
    expect([hub.caseOf(id), hub.disputed()]).toEqual(before);
    expect(await take(decided("rejected"))).toMatchObject({ ok: true });
  });
});

describe("the city's check", () => {
  it("is what its people have found, signed by the gateway and logged as its own", async () => {
    await take(opening());
    await check("differs");
    const held = hub.caseOf(id);
    expect(held?.case.checked).toMatchObject({ iss: city, finding: "differs" });
    expect(held?.due).toEqual({ by: dg, on: "2026-01-03" });
    expect(openCase(held?.steps.map(({ text }) => text) ?? [], { city, directory })).toEqual(held?.case);
    expect(logged("case.stepped").at(-1)).toMatchObject({ actor: null, exchange: null, step: "checked" });
    await check();
    expect(logged("case.stepped"), "once").toHaveLength(2);
    expect(hub.pendingChecks()).toEqual([]);
  });
});

describe("a check that was interrupted", () => {
  const interrupted = () => {
    const killed = () => {
      throw new Error("killed");
    };
    return sayDue({ ...dependencies(), cases: { ...hub, keepStep: killed } });
  };

  it("between log and file is the same step when it is gone on with", async () => {
    await take(opening());
    hub.leaveCheck({ case: id, finding: "same" });
    await expect(interrupted()).rejects.toThrow("killed");
    now += 60_000;
    hub.leaveCheck({ case: id, finding: "same" });
    await sayDue(dependencies());
    const { last } = hub.caseOf(id)?.case ?? {};
    const checks = logged("case.stepped").slice(1);
    expect(checks.map((entry) => "sha256" in entry && entry.sha256)).toEqual([last, last]);
  });

  it("is another step where people have found another thing since", async () => {
    await take(opening());
    hub.leaveCheck({ case: id, finding: "same" });
    await expect(interrupted()).rejects.toThrow("killed");
    hub.leaveCheck({ case: id, finding: "differs" });
    await sayDue(dependencies());
    expect(hub.caseOf(id)?.case.checked).toMatchObject({ finding: "differs" });
  });
});

describe("a day that is over", () => {
  it("is said once, with whose turn it was, and again only of a later day", async () => {
    await take(opening());
    await sayDue(dependencies());
    expect(logged("case.late"), "the last day is in time").toEqual([]);
    now += 2 * 86_400_000;
    await sayDue(dependencies());
    await sayDue(dependencies());
    expect(logged("case.late")).toMatchObject([{ case: id, by: city, dueOn: "2026-01-02", actor: null }]);
    await check();
    now += 3 * 86_400_000;
    await sayDue(dependencies());
    expect(logged("case.late").at(-1)).toMatchObject({ by: dg, dueOn: "2026-01-05" });
    await take(decided("rejected"));
    now += 9 * 86_400_000;
    await sayDue(dependencies());
    expect(logged("case.late")).toHaveLength(2);
  });
});

describe("what is new of cases", () => {
  it("is handed to who raised it and to the record's source, whole, and to nobody else; in the log first", async () => {
    await take(opening());
    await check();
    for (const node of [baoan, dg]) {
      const { cases, position, head } = await read(node);
      expect(cases).toEqual([
        { steps: hub.caseOf(id)?.steps.map(({ text }) => text), due: { by: dg, on: "2026-01-03" } },
      ]);
      expect((await read(node, { after: position, head })).cases).toEqual([]);
    }
    expect((await read(hz)).cases).toEqual([]);
    expect(logged("cases.delivered")).toMatchObject([
      { actor: baoan, cases: [id] },
      { actor: dg, cases: [id] },
    ]);
  });

  it("comes to who waits for it", async () => {
    const waiting = read(dg, {}, 20_000);
    await take(opening());
    expect((await waiting).cases).toHaveLength(1);
  });

  it("is read from the beginning where the gateway was put back to before", async () => {
    await take(opening());
    const { position, head } = await read(dg);
    expect(await read(dg, { after: position + 1, head })).toEqual({ position: 0, head: null, cases: [] });
    expect(await read(dg, { after: position, head: stepHash("other") })).toMatchObject({ position: 0 });
  });
});

describe("a record in dispute", () => {
  const disputes = () => hub.about(testRecord().subject, [testItem().code])[0]?.disputes;
  const disputedTo = (node: NodeId, known: string | null = null, subscription = all) => {
    const { member } = asked(node);
    return disputedFor({ disputed: known, subscription }, member);
  };

  it("is one from when the case is there until a version comes that is as decided, and never again", async () => {
    expect([disputes(), hub.disputed()]).toEqual([undefined, []]);
    await take(opening());
    const since = new Date(testNow).toISOString();
    expect(disputes()).toEqual([{ record, kind: "objection", since }]);
    tell("annotated");
    await check();
    await take(decided("rejected"));
    expect(disputes(), "until it comes").toHaveLength(1);
    tell("current");
    expect([disputes(), hub.disputed()]).toEqual([undefined, []]);
  });

  it("is told to readers that may hold it and want it, once, and that it is no longer", async () => {
    expect(disputedTo(hz), "of none there is nothing to tell").toBeUndefined();
    await take(opening());
    const first = disputedTo(hz);
    expect(first?.records).toMatchObject([{ source: dg, record, kind: "objection" }]);
    expect(disputedTo(hz, first?.tag)).toBeUndefined();
    expect(disputedTo(dg), "its own source hears of the case").toBeUndefined();
    expect(disputedTo(hz, null, { ...all, items: [] })).toBeUndefined();
    catalogue = indexCatalogue({ classes: [], items: [], purposes: [] });
    expect(disputedTo(hz)).toBeUndefined();
    catalogue = indexCatalogue({ classes: [], items: [testItem()], purposes: [] });
    await check();
    await take(decided("withdrawn"));
    tell("withdrawn");
    expect(disputedTo(hz, first?.tag)?.records).toEqual([]);
  });

  it.each(["withdrawn", "repaired"])(
    "is named to nobody once its source has made it %s by itself",
    async (state) => {
      await take(opening());
      const first = disputedTo(hz);
      tell(state);
      expect(disputedTo(hz), "who was never given it").toBeUndefined();
      expect(disputedTo(hz, first?.tag)?.records, "who knew of it").toEqual([]);
    },
  );

  it("is one of each kind, since its first case, however many members dispute it", async () => {
    await take(opening());
    now += 60_000;
    await take(opening({ case: otherId, iss: hz }));
    const since = new Date(testNow).toISOString();
    expect(disputes()).toEqual([{ record, kind: "objection", since }]);
    expect(disputedTo(hz)?.records).toEqual([{ source: dg, record, kind: "objection", since }]);
  });

  it("is listed once for all that ask, until the list says something else", async () => {
    const lists: unknown[] = [];
    const list = () => lists.push(hub.disputed(), hub.disputed());
    list();
    await take(opening());
    list();
    tell("current", { id: "penalty:another" });
    list();
    tell("annotated");
    list();
    tell("annotated", { disclosedUntil: "2027-12-31" });
    list();
    expect(lists.map((each) => lists.indexOf(each))).toEqual([0, 0, 2, 2, 2, 2, 2, 2, 8, 8]);
  });

  it("is named until the last day of its publication, and then to nobody", async () => {
    tell("current", { disclosedUntil: dayOf(now / 1000) });
    await take(opening());
    expect(disputedTo(hz)?.records).toHaveLength(1);
    now += 86_400_000;
    expect(disputedTo(hz)).toBeUndefined();
  });

  it("is told to a reader that waits, in the log first", async () => {
    const reads = (after: number, known: string | null, waitMs: number) =>
      readChanges(
        {
          read: {
            ...{ subscription: all, after, head: hub.past(dg).place?.head ?? null },
            ...{ receipts: [], waitMs, disputed: known },
          },
          ...asked(hz),
          gone: never,
        },
        {
          ...{
            ...dependencies(),
            hub,
            disputedFor,
            pack: createPackedPages(),
            untilTaken: createOneWait(signal),
          },
          completing: { complete: () => Promise.resolve() },
        },
      );
    await reads(0, null, 0);
    const waiting = reads(1, null, 20_000);
    await take(opening());
    const delivered = await waiting;
    expect(delivered).toMatchObject({ value: { pages: [], disputed: { records: [{ record }] } } });
    expect(logged("disputes.told")).toMatchObject([{ actor: hz, records: 1 }]);
    const tag = delivered.ok ? (delivered.value.disputed?.tag ?? null) : null;
    const nothing = await reads(1, tag, 0);
    expect(nothing.ok && nothing.value.disputed).toBeUndefined();
    expect(logged("disputes.told")).toHaveLength(1);
  });

  it("stays one while another case about it is open", async () => {
    await take(opening({ kind: "repair" }));
    const other = { case: otherId, kind: "objection" };
    await take(opening(other));
    await take(decided("rejected", told));
    expect(disputes()).toMatchObject([{ kind: "objection" }]);
  });
});
