import { randomUUID } from "node:crypto";
import { type LogEntry, logEntrySchema } from "@xinqiao/protocol/log";
import {
  type BookEntry,
  intervalAt,
  openReport,
  type Reconciliation,
  refusalDigest,
  signStatement,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import { testFederation, testNode, testNow } from "@xinqiao/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog } from "../log/index.ts";
import { createBookReader } from "./book-reader.ts";
import type { LoggedEntries } from "./ports.ts";
import { type ReconcileDependencies, reconcile } from "./reconcile.ts";

const { directory, signer } = testFederation();
const member = testNode("sz-baoan");
const interval = intervalAt(testNow - 7_200_000);
const at = new Date(testNow - 7_200_000).toISOString();
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const asked: BookEntry = {
  side: "asked",
  exchange,
  status: "refused",
  digest: refusalDigest("policy.member-not-active"),
};
const answered: BookEntry = { side: "answered", exchange, status: "answered", digest: "A".repeat(43) };

const refused = {
  v: 1,
  kind: "lookup.refused",
  at,
  askedAt: at,
  exchange,
  actor: member,
  purpose: "bid-review",
};
const intent = { v: 1, kind: "lookup.intent", at, exchange, actor: testNode("dg"), purpose: "bid-review" };
const parse = (entry: object): LogEntry => logEntrySchema.parse(JSON.parse(JSON.stringify(entry)));
const logged = [
  parse({
    ...refused,
    items: ["penalty"],
    jurisdictions: ["440307"],
    code: "policy.member-not-active",
    rule: "r",
  }),
  parse({ ...intent, items: ["penalty"], jurisdictions: ["440306"], targets: [member], deadlineMs: 1 }),
].map((entry, index) => ({ index, leaf: "", entry, opening: () => undefined, answer: () => undefined }));

let reads: number;
let deps: ReconcileDependencies;
beforeEach(() => {
  reads = 0;
  const now = () => testNow;
  const entries: LoggedEntries = {
    async *between() {
      reads += 1;
      yield logged;
    },
    of: () => logged,
    erasureAfter: () => undefined,
    checkpoint: () => undefined,
  };
  const summaries = new Map<string, ReadonlyMap<string, ReturnType<typeof summarise>>>();
  const books = createBookReader({
    log: entries,
    summaries: {
      of: (hour, whose) => summaries.get(hour)?.get(whose),
      keep: (hour, all) => void summaries.set(hour, all),
    },
    now,
    hoursADay: 1,
  });
  deps = {
    self: testNode("sz"),
    directory: () => directory,
    signer: signer("sz"),
    log: createMemoryAuditLog({ origin: "sz", now, randomBytes: (length) => Buffer.alloc(length) }),
    entries,
    books,
    kept: { keep: () => undefined, list: () => [], newest: () => new Map(), forget: () => 0 },
    now,
  };
});

let nonce = 0;
async function state(
  book: readonly BookEntry[],
  more: Omit<Reconciliation, "statement"> = {},
  hour = interval,
) {
  const about = { iss: member, iat: testNow / 1000, member, interval: hour };
  const statement = await signStatement({ ...about, ...summarise(book) }, signer("sz-baoan"));
  nonce += 1;
  const claim = { keyId: "k", nonce: `${nonce}`, expiresAt: testNow + 60_000 };
  const ids = { member, requestId: randomUUID(), traceId: "0".repeat(32), claim };
  return reconcile({ reconciliation: { statement, ...more }, ...ids }, deps);
}

describe("an hour that is compared", () => {
  it("is not read again for a member that states what it came to", async () => {
    for (const _again of [1, 2, 3])
      expect(await state([asked])).toMatchObject({ ok: true, value: { differences: 0 } });
    expect(reads).toBe(1);
  });

  it("is refused, when the member has had as many read today as it may", async () => {
    await state([asked]);
    expect(await state([asked], {}, intervalAt(testNow - 10_800_000))).toMatchObject({
      ok: false,
      error: { refused: { code: "limit.book-hours" } },
    });
  });

  const named = {
    side: "answered",
    exchange,
    how: "member-only",
    member: { status: "answered", digest: "A".repeat(43) },
  } as const;

  it("has an exchange explained, unless the member says that the log does not prove it", async () => {
    const missed = { side: "answered", exchange, by: "inclusion-proof" } as const;
    for (const [unproven, differences] of [
      [[], 0],
      [[missed], 1],
    ] as const) {
      const done = await state([asked, answered], { findings: [named], unproven: [...unproven] });
      expect(done).toMatchObject({
        ok: true,
        value: {
          differences,
          explained: 1 - differences,
          explanations: differences === 0 ? ["answer-not-taken"] : [],
        },
      });
      const text = done.ok ? (done.value.reply.report ?? "") : "";
      const report = openReport(text, { signer: testNode("sz"), member, interval }, directory);
      expect(report?.findings[0]?.explanation).toBe(differences === 0 ? "answer-not-taken" : undefined);
    }
  });
});
