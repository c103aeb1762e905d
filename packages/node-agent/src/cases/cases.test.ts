import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CaseDecision,
  caseOpeningSchema,
  caseStepMessageSchema,
  caseStepSchema,
  type DeliveredCase,
  openCaseStep,
  readCaseStep,
  signCaseStep,
  stepHash,
} from "@xinqiao/protocol/cases";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { fault, toProblem } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok } from "@xinqiao/protocol/result";
import { fieldReader, signResponse } from "@xinqiao/protocol/signing";
import { testFederation, testNode, testNonce, testNow, testRecord } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { SendToGateway } from "../lookup/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import {
  type CaseDependencies,
  type CaseStepped,
  decideCase,
  extendCase,
  followCases,
  raiseCase,
  showCases,
} from "./index.ts";

const { directory, signer } = testFederation();
const [city, source, raiser] = [testNode("sz"), testNode("dg"), testNode("sz-baoan")];
const id = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const otherId = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4f";
const record = "penalty:1";
const reason = "示例理由";
const never = new AbortController().signal;
const trace = { traceId: "1".repeat(32), parentId: "1".repeat(16), sampled: false };

let folder: string;
let store: AgentStore;
/** What the city is asked, and what it says; nothing: it is away. */
let asked: unknown[];
let answers: ((body: unknown) => object | undefined)[];
let stepped: CaseStepped[];
/** The registry as this member has it. */
let known: Directory;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-agent-cases-"));
  store = openStore(join(folder, "store.db"));
  [asked, answers, stepped, known, now] = [[], [], [], directory, testNow];
  put({});
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A file is imported again, with this in it. */
function put(fields: Readonly<Record<string, string>>, more: Partial<CreditRecord> = {}): void {
  const session = store.imports.start({
    file: "a.csv",
    sha256: "00",
    item: itemCodeSchema.parse("penalty"),
    startedAt: "2026-01-01T00:00:00Z",
  });
  session.take([testRecord({ id: record, fields, ...more })]);
  session.close();
}

const send: SendToGateway = async (request) => {
  const body: unknown = JSON.parse(Buffer.from(request.body).toString());
  asked.push(body);
  const said = answers.shift()?.(body);
  if (said === undefined) return err(fault("gateway.unreachable"));
  const status = "code" in said ? 409 : 200;
  const reply = Buffer.from(JSON.stringify(said));
  const sealing = { signer: signer("sz"), now, nonce: testNonce };
  const about = { status, body: reply, contentType: "application/json", request };
  return ok({ head: { status, field: fieldReader(await signResponse(about, sealing)) }, body: reply });
};

function deps(node = source): CaseDependencies {
  const call = {
    node,
    gateway: { node: city, origin: "https://sz.example" },
    directory: () => known,
    signer: signer(node),
    send,
    entropy: systemEntropy(),
    now: () => now,
  };
  return { call, shelf: store.cases, own: store.own, onStep: (each) => stepped.push(each) };
}

/** The steps of a case, each behind the one before. */
async function stepsOf(...steps: readonly object[]): Promise<string[]> {
  const texts: string[] = [];
  for (const each of steps) {
    const last = texts.at(-1);
    const step = caseStepSchema.parse({
      ...{ case: id, iat: testNow / 1000, ...(last !== undefined && { after: stepHash(last) }) },
      ...each,
    });
    texts.push(await signCaseStep(step, signer(step.iss)));
  }
  return texts;
}

const opened = { step: "opened", iss: raiser, kind: "objection", source, record, reason, evidence: [] };
const checked = { step: "checked", iss: city, finding: "same" };
const due = { by: source, on: "2026-01-05" };

async function hear(...cases: readonly DeliveredCase[]) {
  answers.push(() => ({ position: 7, head: stepHash("7"), cases }));
  return followCases(deps(), never, 0);
}

const accepts = (body: unknown) => {
  const { step } = caseStepMessageSchema.parse(body);
  const log = { origin: "sz/log", index: 1, size: 2, root: "AAAA" };
  return { case: readCaseStep(step)?.case, step: stepHash(step), log };
};
const own = () => {
  const { state, annotation, version } = store.own.byId(record) ?? {};
  return { state, annotation, version };
};
const decide = (decision: CaseDecision, of = id) => decideCase(of, decision, trace, deps(), never);
const codeOf = (done: Awaited<ReturnType<typeof decide>>) =>
  done.ok || done.error.by !== "agent" ? undefined : done.error.fault.code;

describe("a case about a record of this member's own", () => {
  it("annotates the record at once, once, and is told of", async () => {
    const steps = await stepsOf(opened, checked);
    await hear({ steps: steps.slice(0, 1), due });
    expect(own()).toMatchObject({
      state: "annotated",
      version: 2,
      annotation: expect.stringContaining("异议"),
    });
    await hear({ steps: steps.slice(0, 1), due });
    await hear({ steps, due });
    expect(own().version).toBe(2);
    expect(stepped).toMatchObject([
      { step: "opened", by: raiser, waitsFor: source, dueOn: due.on },
      { step: "checked", by: city },
    ]);
    expect(JSON.stringify(stepped)).not.toContain(reason);
  });

  it("leaves an annotation for another reason as it is", async () => {
    store.own.correct(record, { state: "annotated", annotation: "行政诉讼中" }, "2026-01-01T00:00:00Z");
    await hear({ steps: await stepsOf(opened, checked), due });
    answers.push(accepts);
    await decide({ outcome: "rejected", reason });
    expect(own()).toMatchObject({ annotation: "行政诉讼中", version: 2 });
  });

  it.each([
    ["annotates", "annotated", 2, [checked]],
    [
      "withdraws",
      "withdrawn",
      3,
      [checked, { step: "decided", iss: source, outcome: "withdrawn", reason, version: 3 }],
    ],
  ] as const)(
    "%s a record that a file brings after its case was heard",
    async (_does, state, version, rest) => {
      const late = "penalty:late";
      await hear({ steps: await stepsOf({ ...opened, record: late }, ...rest) });
      put({}, { id: late });
      expect(store.own.byId(late)).toMatchObject({ state: "current" });
      await hear();
      expect(store.own.byId(late)).toMatchObject({ state, version });
      await hear();
      expect(store.own.byId(late)).toMatchObject({ version });
      expect(store.cases.unapplied(source)).toEqual([]);
    },
  );

  it("is believed only as every step was signed and in its place", async () => {
    const [first = "", second = ""] = await stepsOf(opened, checked);
    const [forged = ""] = await stepsOf({ ...opened, iss: "hz" });
    const broken = first
      .split(".")
      .with(2, forged.split(".")[2] ?? "")
      .join(".");
    expect(await hear({ steps: [broken] })).toMatchObject({
      error: { fault: { code: "case.step-invalid" } },
    });
    expect(await hear({ steps: [second, first] })).toMatchObject({ ok: false });
    await hear();
    expect(own()).toMatchObject({ state: "current", version: 1 });
    expect(store.cases.all()).toEqual([]);
    expect(store.cases.aside()).toHaveLength(2);
  });

  it("holds up no other while it does not open, and is opened by itself once its key is known", async () => {
    const late = { steps: await stepsOf(opened, checked), due };
    known = { ...directory, key: (key, by) => (by === raiser ? undefined : directory.key(key, by)) };
    expect(await hear(late), "it is told of").toMatchObject({ ok: false });
    expect(store.cases.place()).toMatchObject({ position: 7 });
    await hear();
    expect([store.cases.aside(), store.cases.all()]).toMatchObject([[late], []]);
    known = directory;
    await hear({ steps: await stepsOf({ ...opened, case: otherId, kind: "repair" }), due });
    expect(store.cases.all().map(({ case: { opened } }) => opened.case)).toEqual([otherId, id]);
    expect(store.cases.aside()).toEqual([]);
    expect(own()).toMatchObject({ state: "annotated", annotation: expect.stringContaining("异议") });
  });
});

describe("a decision", () => {
  beforeEach(async () => {
    await hear({ steps: await stepsOf(opened, checked), due });
  });

  it.each([
    ["withdrawn", { state: "withdrawn", version: 102 }],
    ["rejected", { state: "current", version: 102 }],
  ] as const)("that it is %s names the version that says so, and makes it", async (outcome, after) => {
    answers.push(accepts);
    expect(await decide({ outcome, reason })).toMatchObject({ ok: true });
    expect(own()).toMatchObject(after);
    const { step } = caseStepMessageSchema.parse(asked.at(-1));
    expect(openCaseStep(step, source, directory)).toMatchObject({ outcome, version: 102, iss: source });
    expect(showCases({}, { shelf: store.cases, today: () => "2026-02-01" }).cases).toMatchObject([
      { case: id, state: "decided", outcome, late: false },
    ]);
  });

  it("that it is corrected waits for the correction", async () => {
    expect(codeOf(await decide({ outcome: "corrected", reason }))).toBe("case.not-corrected");
    put({ CF_WSH: "更正" });
    answers.push(accepts);
    await decide({ outcome: "corrected", reason });
    expect(own()).toMatchObject({ state: "current", version: 103 });
  });

  it("that it is corrected is not another annotation", async () => {
    store.own.correct(record, { state: "annotated", annotation: "行政诉讼中" }, "2026-01-01T00:00:00Z");
    expect(codeOf(await decide({ outcome: "corrected", reason }))).toBe("case.not-corrected");
  });

  it.each([
    ["since the case was opened", testNow + 1_000, true],
    ["before it was", testNow - 1_000, false],
  ])(
    "that it is corrected counts what a file has said %s, however late it was heard",
    async (_since, at, counts) => {
      put({ CF_WSH: "更正" }, { recordedAt: new Date(at).toISOString() });
      await hear({ steps: await stepsOf({ ...opened, case: otherId }, { ...checked, case: otherId }), due });
      answers.push(accepts);
      expect((await decide({ outcome: "corrected", reason }, otherId)).ok).toBe(counts);
    },
  );

  it("names a version that no file makes meanwhile", async () => {
    const before: number[] = [];
    answers.push((body) => {
      for (const text of ["一", "二"]) put({ CF_WSH: text });
      before.push(own().version ?? 0);
      return accepts(body);
    });
    await decide({ outcome: "withdrawn", reason });
    const { step } = caseStepMessageSchema.parse(asked.at(-1));
    const { version } = z.object({ version: z.number() }).parse(readCaseStep(step));
    expect(before).toEqual([4]);
    expect(own()).toMatchObject({ state: "withdrawn", version });
  });

  it("is reached also where somebody has taken the annotation off meanwhile", async () => {
    answers.push((body) => {
      store.own.correct(record, { state: "current" }, "2026-01-01T00:00:00Z");
      return accepts(body);
    });
    await decide({ outcome: "rejected", reason });
    expect(own()).toMatchObject({ state: "current", version: 102 });
  });

  it("changes nothing unless the city has it", async () => {
    await decide({ outcome: "withdrawn", reason });
    answers.push(() => toProblem(fault("case.step-not-next"), { hop: city, traceId: "1".repeat(32) }));
    await decide({ outcome: "withdrawn", reason });
    expect(own()).toMatchObject({ state: "annotated", version: 2 });
  });

  it("that was interrupted is made true when it is heard, once: what is done to the record later stays", async () => {
    const steps = await stepsOf(opened, checked, {
      ...{ step: "decided", iss: source, outcome: "withdrawn", reason, version: 3 },
    });
    await hear({ steps });
    expect(own()).toMatchObject({ state: "withdrawn", version: 3 });
    store.own.correct(record, { state: "current" }, "2026-01-02T00:00:00Z");
    await hear({ steps });
    expect(own()).toMatchObject({ state: "current", version: 4 });
  });

  it("that nobody knows what became of is the same step when it is made again, unless it says otherwise", async () => {
    await decide({ outcome: "withdrawn", reason });
    now += 3_600_000;
    await decide({ outcome: "withdrawn", reason });
    await decide({ outcome: "rejected", reason });
    const [first, again, other] = asked.slice(-3);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    answers.push(accepts);
    await decide({ outcome: "rejected", reason });
    expect(asked.at(-1)).toEqual(other);
    expect(store.cases.unsent(id)).toBeUndefined();
  });

  it("that a city lost which was put back is sent to it again as it was signed, until it has it", async () => {
    answers.push(accepts);
    await decide({ outcome: "rejected", reason });
    const { step } = caseStepMessageSchema.parse(asked.at(-1));
    const steps = store.cases.find(id)?.steps.slice(0, 2) ?? [];
    expect(await hear({ steps, due }), "it goes away again").toMatchObject({ ok: false });
    answers.push(() => ({ position: 7, head: stepHash("7"), cases: [{ steps, due }] }), accepts);
    expect(await followCases(deps(), never, 0)).toMatchObject({ ok: true });
    expect(asked.slice(-3)).toMatchObject([{ step }, { after: 7 }, { step }]);
    expect(store.cases.find(id)?.steps.at(-1)).toBe(step);
    expect(own(), "once").toMatchObject({ state: "current", version: 102 });
  });

  it("is another's word where the city has checked anew, and may be made again", async () => {
    answers.push(accepts);
    await decide({ outcome: "rejected", reason });
    await hear({ steps: await stepsOf(opened, { ...checked, finding: "differs" }), due });
    expect(store.cases.find(id)).toMatchObject({ due, settled: false });
    expect(own()).toMatchObject({ state: "annotated" });
    answers.push(accepts);
    expect(await decide({ outcome: "withdrawn", reason })).toMatchObject({ ok: true });
    expect(own()).toMatchObject({ state: "withdrawn" });
  });

  it("leaves the record annotated for another case that is open", async () => {
    await hear({ steps: await stepsOf({ ...opened, case: otherId, kind: "repair" }), due });
    answers.push(accepts);
    await decide({ outcome: "rejected", reason });
    expect(own()).toMatchObject({ state: "annotated", annotation: expect.stringContaining("修复") });
    answers.push(accepts);
    await decide({ outcome: "rejected", reason }, otherId);
    expect(own()).toMatchObject({ state: "current" });
  });

  it("is this member's of its own records alone, in its turn, and fits the case", async () => {
    const ofAnother = await decideCase(id, { outcome: "rejected", reason }, trace, deps(raiser), never);
    expect(codeOf(ofAnother)).toBe("case.not-yours");
    expect(codeOf(await decide({ outcome: "rejected", reason }, otherId))).toBe("case.not-yours");
    expect(codeOf(await decide({ outcome: "repaired", reason }))).toBe("case.outcome-unfit");
    expect(asked, "the city was not asked").toHaveLength(1);
  });

  it("may be put off once", async () => {
    answers.push((body) => ({ ...accepts(body), due: { ...due, on: "2026-01-08" } }), accepts);
    expect(await extendCase(id, { reason }, trace, deps(), never)).toMatchObject({ ok: true });
    const { cases } = showCases({ case: id }, { shelf: store.cases, today: () => "2026-01-09" });
    expect(cases).toMatchObject([{ state: "extended", due: { on: "2026-01-08" }, late: true }]);
    expect(codeOf(await extendCase(id, { reason }, trace, deps(), never))).toBe("case.step-not-next");
  });
});

it("lists cases the most urgent first, and what waits for nobody last", async () => {
  const dues = [undefined, "2026-02-03", "2026-02-01", undefined, "2026-02-03"];
  for (const [nth, on] of dues.entries()) {
    const steps = await stepsOf({ ...opened, case: `${id.slice(0, -1)}${nth}` });
    await hear({ steps, ...(on !== undefined && { due: { ...due, on } }) });
  }
  const { cases } = showCases({}, { shelf: store.cases, today: () => "2026-01-09" });
  expect(cases.map(({ case: named }) => Number(named.at(-1)))).toEqual([2, 4, 1, 3, 0]);
});

describe("a case that an older agent has kept", () => {
  it("is found by its record, and a correction is told from then on", async () => {
    await hear({ steps: await stepsOf(opened, checked), due });
    store.close();
    const file = new Database(join(folder, "store.db"));
    file.exec(
      "UPDATE case_file SET source = NULL, record = NULL, kind = NULL, outcome = NULL, content = NULL",
    );
    file.close();
    store = openStore(join(folder, "store.db"));
    const other = { ...caseOpeningSchema.parse({ kind: "repair", source, record, reason }), case: otherId };
    expect(store.cases.othersAbout({ ...other, step: "opened", iss: raiser, iat: 0 })).toEqual(["objection"]);
    await hear();
    expect(codeOf(await decide({ outcome: "corrected", reason }))).toBe("case.not-corrected");
    put({ CF_WSH: "更正" });
    answers.push(accepts);
    expect(await decide({ outcome: "corrected", reason })).toMatchObject({ ok: true });
  });
});

describe("a case that is raised here", () => {
  const opening = caseOpeningSchema.parse({ kind: "objection", source, record: "penalty:9", reason });
  const raise = (more = {}) => raiseCase({ ...opening, ...more }, trace, deps(raiser), never);

  it("is held once the city has it, and the city is asked about it from before", async () => {
    expect(store.cases.any()).toBe(false);
    expect(await raise()).toMatchObject({ ok: false });
    expect([store.cases.any(), store.cases.all()]).toEqual([true, []]);
    answers.push((body) => ({ ...accepts(body), due }));
    expect(await raise({ case: id })).toMatchObject({ value: { case: id, due } });
    expect(store.cases.find(id)).toMatchObject({
      case: { opened: { iss: raiser, record: "penalty:9" } },
      due,
    });
    expect(own(), "it is another's record").toMatchObject({ state: "current", version: 1 });
  });

  it("is raised once, where the platform has chosen its id", async () => {
    answers.push(accepts);
    await raise({ case: id });
    expect(codeOf(await raise({ case: id }))).toBe("case.step-not-next");
    expect(asked).toHaveLength(1);
  });

  it("keeps its later steps when an older word of it comes", async () => {
    const steps = await stepsOf(opened, checked);
    await hear({ steps, due });
    await hear({ steps: steps.slice(0, 1), due });
    expect(store.cases.find(id)?.steps).toEqual(steps);
  });
});
