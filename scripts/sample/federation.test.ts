import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { baseCatalogue, indexCatalogue, itemCodeSchema, maskFields } from "@xinqiao/protocol/catalogue";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { jurisdictionSchema } from "@xinqiao/protocol/identity";
import { isDisclosable, recordFromRow } from "@xinqiao/protocol/record";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordsOf, type SampleRecord, sampleNodes, subjectsOf } from "./data/index.ts";
import { type Federation, startFederation } from "./federation.ts";
import { demonstrationLookup } from "./lookups.ts";
import { slips } from "./platforms/baoan/slips.ts";

const subjects = 120;
// A quarter of a minute where nothing else runs.
const startMs = 300_000;
const run = promisify(execFile);

let parent: string;
let data: string;
let federation: Federation;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "xinqiao-sample-"));
  // PostgreSQL, which root starts as another user, must be able to enter.
  await chmod(parent, 0o755);
  data = join(parent, "data");
  federation = await startFederation({ data, subjects, ports: "free" });
}, startMs);

afterAll(async () => {
  try {
    await federation.close();
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}, startMs);

const catalogue = indexCatalogue(baseCatalogue());
const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format();

type Node = (typeof sampleNodes)[number];

/** What a node must answer, straight from the generator: id → state and fields. */
function expectedOf(node: Node): Map<string, Map<string, unknown>> {
  const bySubject = new Map<string, Map<string, unknown>>();
  for (const sample of recordsOf(node, subjects)) {
    const item = catalogue.items.get(itemCodeSchema.parse(sample.item));
    if (item === undefined) throw new RangeError(sample.item);
    const context = {
      jurisdiction: jurisdictionSchema.parse(node.division),
      recordedAt: "2026-07-01T00:00:00Z",
    };
    const record = recordFromRow(item, sample.row, context);
    if (!record.ok) throw new RangeError(`${sample.item}: ${JSON.stringify(record.error)}`);
    const { id, subject } = record.value;
    const fields = maskFields(item, record.value.fields, subject.kind);
    const known = bySubject.get(subject.id) ?? new Map<string, unknown>();
    bySubject.set(subject.id, known);
    const asked = sample.item !== "tax-credit";
    if (asked && isDisclosable({ ...record.value, state: sample.state }, today)) {
      known.set(id, { state: stateSeen(node, sample.state), fields });
    }
  }
  return bySubject;
}

/** A file has no column for a state: what is annotated says so in its remarks. */
function stateSeen({ node }: Node, state: SampleRecord["state"]): string {
  return node === "sz-baoan" ? "current" : state;
}

const organisationItems = demonstrationLookup.items ?? [];
const personItems = organisationItems.filter(
  (item) => !["registration", "abnormal-operation"].includes(item),
);

/** What `npm start` tells, in this order. */
const stages = [
  "完整 complete",
  "stopping hz",
  "部分 partial",
  "node.circuit-open",
  "half-open",
  "the breaker is closed",
  "完整 complete",
  "curl",
  "stopping",
];

describe("the sample federation", () => {
  it("kept back exactly the rows that were spoilt, and took the others in", () => {
    const keptBack = Object.fromEntries(
      federation.intakes.map(({ file, quarantined }) => [file, quarantined]),
    );
    expect(keptBack).toMatchObject({
      "行政处罚.csv": 3,
      "行政许可.csv": 2,
      "红名单.xlsx": 1,
      "登记注册.csv": 0,
    });
    const total = federation.intakes.reduce((sum, { quarantined }) => sum + quarantined, 0);
    expect(total).toBe(slips.length);
    expect(federation.intakes.every((each) => each.received === each.accepted + each.quarantined)).toBe(true);
  });

  it("answers about its demonstration's subject in every jurisdiction", async () => {
    const exchange = await federation.agent("sz-baoan").lookUp(demonstrationLookup);
    expect(exchange.complete).toBe(true);
    expect(exchange.results.map(({ node, status }) => [node, status])).toEqual(
      expect.arrayContaining(sampleNodes.map(({ node }) => [node, "ok"])),
    );
  });

  it.each(sampleNodes)(
    "hands out exactly what $node's source holds, whatever it is kept in",
    async (node) => {
      const expected = expectedOf(node);
      const asker = federation.agent(node.node === "dg" ? "hz" : "dg");
      for (const { subject } of [...subjectsOf(node, subjects)].filter((_, at) => at % 4 === 0)) {
        const person = subject.kind === "individual";
        const { results } = await asker.lookUp({
          subject,
          items: person ? personItems : organisationItems,
          purpose: person ? "licensing-review" : "inspection-grading",
          jurisdictions: [node.division],
          deadlineMs: 10_000,
        });
        const records = results.flatMap((row) => row.records);
        const seen = new Map(records.map(({ id, state, fields }) => [id, { state, fields }]));
        expect(results.map((row) => row.code ?? "answered")).toEqual(["answered"]);
        expect(seen).toEqual(withoutUnasked(expected.get(subject.id), person));
      }
    },
    60_000,
  );

  it("gives one node's absence as a row, and the others' answers all the same", async () => {
    const dg = federation.agent("dg");
    await dg.stop();
    const exchange = await federation.agent("hz").lookUp(demonstrationLookup);
    expect(exchange.complete).toBe(false);
    expect(Object.fromEntries(exchange.results.map((row) => [row.node, row.code ?? row.status]))).toEqual({
      "sz-baoan": "ok",
      "sz-longgang": "ok",
      dg: "node.unreachable",
      hz: "ok",
    });
    await dg.start();
    // The failures may have opened the circuit: then it is probed after its time.
    const asksAgain = async () => (await federation.agent("hz").lookUp(demonstrationLookup)).complete;
    await expect.poll(asksAgain, { timeout: 30_000, interval: 200 }).toBe(true);
  }, 60_000);

  it("is refused a second time on the same folder while it runs", async () => {
    await expect(startFederation({ data, ports: "free" })).rejects.toThrow(/in use by another start/);
  });

  it(
    "starts again on what it kept, with the keys and the log it had, prints the exchange as one JSON line and ends",
    async () => {
      await federation.close();
      const key = await stat(join(data, "gateway", "keys", "signing.jwk.json"));
      const start = resolve(import.meta.dirname, "../start.ts");
      const args = ["--once", "--json", "--data", data, "--ports", "free"];
      const { stdout, stderr } = await run(process.execPath, [start, ...args]);
      expect(stdout.trimEnd().split("\n")).toHaveLength(1);
      const { complete, results, log } = openedExchangeSchema.parse(JSON.parse(stdout));
      expect(complete).toBe(true);
      expect(results).toHaveLength(sampleNodes.length);
      expect(log.intent).toBeGreaterThan(100);
      expect((await stat(join(data, "gateway", "keys", "signing.jwk.json"))).mtimeMs).toBe(key.mtimeMs);
      expect(stderr.match(/^✓ .*$/gm), "nothing is made or taken in a second time").toEqual([
        expect.stringContaining("gateway, agents and platforms"),
      ]);
    },
    startMs,
  );

  it("does not take over data of another size, or a folder of somebody else's", async () => {
    await federation.close();
    await expect(startFederation({ data, subjects: 150 })).rejects.toThrow(/--fresh/);
    await expect(startFederation({ data: parent })).rejects.toThrow(/not empty/);
  });

  it(
    "tells its story, stays up, and ends cleanly on Ctrl-C",
    async () => {
      await federation.close();
      const start = resolve(import.meta.dirname, "../start.ts");
      const story = spawn(process.execPath, [start, "--data", data, "--ports", "free"]);
      let told = "";
      story.stdout.setEncoding("utf8").on("data", (text: string) => {
        told += text;
        if (told.includes("Ctrl-C")) story.kill("SIGINT");
      });
      const [code] = await once(story, "exit");
      expect(code).toBe(0);
      let reached = 0;
      for (const stage of stages) {
        const at = told.indexOf(stage, reached);
        expect(at, stage).toBeGreaterThanOrEqual(reached);
        reached = at + stage.length;
      }
      const address = /(http:\/\/127\.0\.0\.1:\d+)\/metrics/.exec(told)?.[1] ?? "";
      await expect(fetch(`${address}/healthz`)).rejects.toThrow("fetch failed");
    },
    startMs,
  );
});

function withoutUnasked(records: Map<string, unknown> | undefined, person: boolean): Map<string, unknown> {
  const asked = [...(records ?? [])].filter(([id]) =>
    (person ? personItems : organisationItems).some((item) => id.startsWith(`${item}:`)),
  );
  return new Map(asked);
}
