import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHub } from "@xinqiao/gateway";
import {
  createCompleting,
  createTurns,
  readChanges as handOn,
  noteCompared,
  takePage,
  tellDigests,
} from "@xinqiao/gateway/sharing";
import { openStore } from "@xinqiao/node-agent";
import { type CopiesReconciled, reconcileCopies } from "@xinqiao/node-agent/copies";
import { keptBackLately, publish, readChanges } from "@xinqiao/node-agent/sharing";
import { type Catalogue, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { copiesReportSchema, digestsRequestSchema } from "@xinqiao/protocol/digests";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, signResponse, verifyRequest } from "@xinqiao/protocol/signing";
import { packPage, publishSchema, readSchema, subscriptionSchema } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNonce, testNow } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import Database from "better-sqlite3";
import type { SentToHub } from "./wire.ts";

export const { directory, signer } = testFederation();
export const [city, dg, baoan] = ["sz", "dg", "sz-baoan"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
];
export const everything = subscriptionSchema.parse({
  items: "all",
  jurisdictions: "all",
  subjectKinds: "all",
});
export const today = () => "2026-01-01";
export const listing = (...items: readonly object[]): Catalogue =>
  indexCatalogue({ classes: [], items: items.map((item) => testItem(item)), purposes: [] });

const never = new AbortController().signal;
const dayMs = 86_400_000;

/** What may be set from outside. */
interface Around {
  now: number;
  /** As the city knows it; members know `listing({})`. */
  catalogue: Catalogue;
  /** Done before the city answers a question. */
  before: (path: string) => Promise<void> | void;
}

export type Pair = ReturnType<typeof createPair>;

/** A city, one that tells it of its records, and one that reads: each with its own store, without HTTP between them. */
export function createPair() {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-pair-"));
  const hub = openHub(join(folder, "sharing.db"));
  const source = openStore(join(folder, "dg.db"));
  const reader = openStore(join(folder, "baoan.db"));
  const around: Around = { now: testNow, catalogue: listing({}), before: () => undefined };
  const entries: LogEntryDraft[] = [];
  const questions: string[] = [];
  const parts = cityParts(hub, entries, around);
  const call = callsOf(parts, questions, around);
  const catalogue = () => listing({});
  /** @returns whether it could */
  async function tell(): Promise<boolean> {
    const keptBack = () => keptBackLately(source.imports.keptBack, around.now);
    const deps = { ...call(dg), catalogue, keptBack, outbox: source.outbox, onSetAside: () => undefined };
    return (await publish(deps, never)).ok;
  }
  async function read(): Promise<void> {
    const deps = { ...call(baoan), catalogue, subscription: everything, onBroken: () => undefined };
    for (let more = true; more; ) {
      const received = await readChanges({ ...deps, inbox: reader.inbox }, never, 0);
      if (!received.ok) throw new Error("not read");
      more = received.value.more || received.value.pages > 0 || reader.inbox.standing().isReadAnew;
    }
  }
  async function reconcile(node: NodeId, settles = true): Promise<CopiesReconciled["rows"]> {
    const [store, tells] = [node === dg ? source : reader, node === dg];
    questions.length = 0;
    const settled = async () => {
      if (settles) await (tells ? tell() : read());
      return settles;
    };
    const { outbox, inbox, deliveries } = store;
    const own = { digests: store.digests(node), outbox, inbox, takenBy: deliveries.takenBy };
    const choice = { tells, wants: tells ? null : everything };
    const deps = { ...own, ...choice, call: call(node), catalogue, today, settled };
    const reconciled = await reconcileCopies(deps, never);
    if (!reconciled.ok) throw new Error(JSON.stringify(reconciled.error));
    return reconciled.value.rows;
  }
  return {
    ...{
      hub,
      source,
      reader,
      around,
      entries,
      questions,
      tell,
      read,
      reconcile,
      completing: parts.completing,
    },
    /** Into the source's store. */
    put(...records: readonly CreditRecord[]): void {
      const item = itemCodeSchema.parse("penalty");
      const file = { file: "a.csv", sha256: "00", item, startedAt: "2026-01-01T00:00:00Z" };
      const session = source.imports.start(file);
      session.take(records);
      session.close();
    },
    /** Of a store's file, past the store. */
    inFile<T>(file: string, work: (database: Database.Database) => T): T {
      const database = new Database(join(folder, file));
      try {
        return work(database);
      } finally {
        database.close();
      }
    },
    close() {
      for (const each of [hub, source, reader]) each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function cityParts(hub: ReturnType<typeof openHub>, entries: LogEntryDraft[], around: Around) {
  const log = {
    append: async (draft: LogEntryDraft) => {
      entries.push(draft);
      return ok({ index: 0, size: 0, root: "" });
    },
  };
  const all = {
    ...{ hub, log, today, self: city, signer: signer("sz"), lapsesAfterMs: 30 * dayMs },
    directory: () => directory,
    catalogue: () => around.catalogue,
    now: () => around.now,
    timeliness: { rules: [], workingDayAfter: (day: string) => day },
    turns: createTurns(),
    dueOn: today,
    onTaken: () => undefined,
    onHeard: () => undefined,
    pack: packPage,
    disputedFor: () => undefined,
    untilTaken: () => Promise.resolve(),
  };
  return { ...all, completing: createCompleting(all) };
}

/** The gateway, without HTTP. */
function callsOf(parts: ReturnType<typeof cityParts>, questions: string[], around: Around) {
  async function answer(request: SentToHub): Promise<Result<object, unknown>> {
    const now = around.now;
    const from = verifyRequest(request, request.body, { key: directory.key, self: city, now });
    if (!from.ok) return err(from.error);
    const { keyId, nonce, nonceExpiresAt: expiresAt, requestId } = from.value;
    const { member } = from.value.from;
    const asked = { member, requestId, traceId: "0".repeat(32), claim: { keyId, nonce, expiresAt } };
    const body: unknown = JSON.parse(Buffer.from(request.body).toString());
    const { pathname } = new URL(request.path, "https://sz.example");
    questions.push(pathname);
    await around.before(pathname);
    switch (pathname) {
      case "/v1/changes":
        return takePage({ page: publishSchema.parse(body), ...asked }, parts);
      case "/v1/changes/read":
        return handOn({ read: readSchema.parse(body), gone: never, ...asked }, parts);
      case "/v1/digests":
        return tellDigests({ wanted: digestsRequestSchema.parse(body), ...asked }, parts);
      default:
        return noteCompared({ ...copiesReportSchema.parse(body), ...asked }, parts);
    }
  }
  return (node: NodeId) => ({
    node,
    gateway: { node: city, origin: "https://sz.example" },
    directory: () => directory,
    signer: signer(node),
    async send(request: SentToHub) {
      const said = await answer(request);
      if (!said.ok) throw new Error(JSON.stringify(said.error));
      const body = Buffer.from(JSON.stringify(said.value));
      const sealing = { signer: signer("sz"), now: around.now, nonce: testNonce };
      const reply = { status: 200, body, contentType: "application/json", request };
      const headers = await signResponse(reply, sealing);
      return ok({ head: { status: 200, field: fieldReader(headers) }, body });
    },
    entropy: systemEntropy(),
    now: () => around.now,
  });
}
