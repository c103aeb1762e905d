import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { cosign, logOrigin, signCheckpoint, witnessName } from "../checkpoint/index.ts";
import { type KeptResponse, keepRequest, keepResponse } from "../evidence/index.ts";
import { signAnswer } from "../exchange/index.ts";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, importSigner, publicOf, type Signer } from "../keys/index.ts";
import {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  inclusionProof,
  type LogEntryDraft,
  leafHash,
  nodeHash,
  rootOf,
  type SealedEntry,
  sealEntry,
} from "../log/index.ts";
import { formatNote, formatVerifierKey, noteKey, noteSigner, parseNote } from "../note/index.ts";
import { type Member, memberSchema, registryHash, signRegistry } from "../registry/index.ts";
import { fieldReader, type RequestHead, signRequest, signResponse } from "../signing/index.ts";
import { type Bundle, type BundledEntry, type BundleReport, formatBundle, verifyBundle } from "./index.ts";

const now = Date.parse("2026-03-01T02:03:04.000Z");
const before = "2026-01-01T00:00:00.000Z";
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const dongguan = jurisdictionSchema.parse("441900");
const baoan = jurisdictionSchema.parse("440306");
const purpose = purposeCodeSchema.parse("bid-review");
const items = [itemCodeSchema.parse("penalty")];
const subject = { kind: "enterprise", scheme: "uscc", id: "91440300TEXT000012" } as const;
const nonce = () => randomBytes(16).toString("base64url");

interface Party {
  readonly node: NodeId;
  readonly signer: Signer;
  readonly member: Member;
  readonly jwk: ReturnType<typeof publicOf>;
}

function party(name: string, role: string, jurisdiction?: string): Party {
  const jwk = generatePrivateJwk("ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const member = memberSchema.parse({
    node: name,
    name: { zh: "示例", en: "Sample" },
    role,
    division: "440300",
    ...(jurisdiction && { jurisdiction, endpoint: "http://127.0.0.1:1" }),
    keys: [{ jwk: publicOf(jwk), notBefore: before }],
    scope: { items: "all", purposes: "all" },
    status: "active",
  });
  return { node: nodeIdSchema.parse(name), signer: signer.value, member, jwk: publicOf(jwk) };
}

/** A log in memory that proves. */
function newLog() {
  const written: SealedEntry[] = [];
  return {
    written,
    append(draft: LogEntryDraft, at = now): number {
      written.push(sealEntry(draft, at, randomBytes));
      return written.length - 1;
    },
    root(): Buffer {
      let frontier: Frontier = emptyFrontier;
      for (const { leaf } of written) frontier = appendLeaf(frontier, leafHash(Buffer.from(leaf))).frontier;
      return rootOf(frontier);
    },
    proof(index: number): string[] {
      const read = (level: number, at: number): Uint8Array =>
        level === 0
          ? leafHash(Buffer.from(written[at]?.leaf ?? ""))
          : nodeHash(read(level - 1, at * 2), read(level - 1, at * 2 + 1));
      return inclusionProof(read, index, written.length).map((hash) => Buffer.from(hash).toString("base64"));
    },
  };
}

/** One exchange as a gateway would have left it, and the bundle of it. */
async function scene() {
  const city = party("sz", "city");
  const asker = party("sz-baoan", "district", "440306");
  const dg = party("dg", "neighbour-city", "441900");
  const registryKey = party("sz-registry", "city");
  const logKey = party("sz-log", "city");
  const log = newLog();
  const seconds = now / 1000;
  const registry = await signRegistry(
    {
      iss: city.node,
      version: 1,
      prev: null,
      iat: seconds - 10,
      exp: seconds + 86_400,
      grace: 0,
      keys: [{ jwk: registryKey.jwk, notBefore: before }],
      log: [{ jwk: logKey.jwk, notBefore: before }],
      members: [city, asker, dg].map(({ member }) => member),
    },
    registryKey.signer,
  );
  log.append({ kind: "gateway.started", exchange: null, actor: null, version: "1" });
  const taken = log.append({
    kind: "registry.taken",
    exchange: null,
    actor: null,
    version: 1,
    hash: registryHash(registry),
  });
  const head = async (): Promise<{ head: RequestHead; body: Buffer }> => {
    const body = Buffer.from(
      JSON.stringify({ subject, items, purpose, jurisdictions: [baoan, dongguan], deadlineMs: 1_000 }),
    );
    const request = { method: "POST", targetUri: "https://sz.example/v1/lookups", body };
    const headers = await signRequest(
      { ...request, contentType: "application/json", requestId: exchange, from: asker.node, to: city.node },
      { signer: asker.signer, now, nonce: nonce() },
    );
    return { head: { ...request, field: fieldReader(headers) }, body };
  };
  const asked = await head();
  const common = { exchange, actor: asker.node };
  const intent = log.append({
    kind: "lookup.intent",
    ...common,
    purpose,
    items,
    jurisdictions: [baoan, dongguan],
    targets: [asker.node, dg.node],
    deadlineMs: 1_000,
    private: { subject: `${subject.scheme}:${subject.id}`, caseReference: "示例案号" },
  });
  log.append({ kind: "gateway.stopped", exchange: null, actor: null });
  const asOf = "2026-03-01T00:00:00Z";
  const jws = await signAnswer(
    {
      iss: dg.node,
      aud: asker.node,
      jti: exchange,
      iat: seconds,
      exp: seconds + 300,
      jurisdiction: dongguan,
      purpose,
      subject,
      items,
      status: "none",
      asOf,
      records: [],
    },
    dg.signer,
  );
  const outcome = log.append({
    kind: "lookup.outcome",
    ...common,
    intent,
    complete: false,
    rows: [
      { jurisdiction: baoan, node: asker.node, status: "timeout", code: "node.timeout", latencyMs: 900 },
      { jurisdiction: dongguan, node: dg.node, status: "none", asOf, latencyMs: 12, answer: jws },
    ],
  });
  for (let turn = 0; turn < 4; turn += 1)
    log.append({ kind: "gateway.stopped", exchange: null, actor: null });
  const text = JSON.stringify({ exchange, results: [{ answer: jws }], log: { intent, outcome } });
  const headers = await signResponse(
    { status: 200, body: Buffer.from(text), contentType: "application/json", request: asked.head },
    { signer: city.signer, now: now + 1_000, nonce: nonce() },
  );
  const answers = [{ jurisdiction: dongguan, jws }];
  const origin = logOrigin(city.node);
  const key = noteKey("signature", origin, logKey.jwk);
  const unseen = await signCheckpoint({ origin, size: log.written.length, root: log.root() }, [
    noteSigner(key, logKey.signer),
  ]);
  const note = parseNote(unseen);
  if (!note.ok) throw new Error("no note");
  const cosigned = await cosign(
    note.value.text,
    noteKey("cosignature", witnessName(dg.node), dg.jwk),
    dg.signer,
    seconds + 5,
  );
  const checkpoint = formatNote({ ...note.value, signatures: [...note.value.signatures, cosigned] });
  const bundled = (index: number, beside: Partial<BundledEntry> = {}): BundledEntry => ({
    index,
    leaf: log.written[index]?.leaf ?? "",
    proof: log.proof(index),
    ...beside,
  });
  const openings = (index: number) =>
    (log.written[index]?.openings ?? []).map(({ field, key: bytes, value }) => ({
      field,
      key: Buffer.from(bytes).toString("base64"),
      value,
    }));
  const bundle: Bundle = {
    v: 1,
    exchange,
    checkpoint,
    entries: [
      bundled(taken),
      bundled(intent, { kept: { openings: openings(intent), request: keepRequest(asked.head, asked.body) } }),
      bundled(outcome, {
        kept: { openings: openings(outcome), answers },
        response: keepResponse({ status: 200, headers, text }, answers),
      }),
    ],
    registries: [registry],
  };
  return { bundle, unseen, vkey: formatVerifierKey(key), log, other: party("sz-other", "city"), origin };
}

const kindsOf = ({ findings }: BundleReport, kind: string) =>
  findings.filter((finding) => finding.kind === kind).map(({ en }) => en);

describe("a bundle", () => {
  let made: Awaited<ReturnType<typeof scene>>;
  let text: string;
  const verify = (bundle: Bundle) => verifyBundle(formatBundle(bundle), made.vkey);

  beforeAll(async () => {
    made = await scene();
    text = formatBundle(made.bundle);
  });

  it("shows by itself that it stood in the log, who signed what, and who has seen it", () => {
    const report = verifyBundle(text, made.vkey);
    expect(kindsOf(report, "wrong")).toEqual([]);
    expect(kindsOf(report, "missing")).toEqual([]);
    expect(report.sound).toBe(true);
    const proved = kindsOf(report, "proved").join("\n");
    for (const what of [
      "entry 2 (lookup.intent, 2026-03-01T02:03:04.000Z) stands in the log of sz, under a checkpoint of 9 entries",
      "entry 4 (lookup.outcome",
      "version 1 of sz's registry counted from entry 1 on",
      "1 other organisations have cosigned it (dg), the first at 2026-03-01T02:03:09.000Z",
      "entry 2: the value of subject is the one committed to",
      "entry 2: the request was signed by sz-baoan with a key then listed",
      "440306 (sz-baoan) did not answer: timeout",
      "the answer for 441900 was signed by dg with a key then listed: none",
      "entry 4: the response was signed by sz (status 200)",
    ])
      expect(proved).toContain(what);
    expect(report.findings.every(({ zh }) => /\p{Script=Han}/u.test(zh))).toBe(true);
  });

  it("says what it does not show: erased, not kept, not cosigned", () => {
    const bare = made.bundle.entries.map(({ index, leaf, proof }) => ({ index, leaf, proof }));
    const report = verify({ ...made.bundle, checkpoint: made.unseen, entries: bare });
    expect(report.sound).toBe(true);
    expect(kindsOf(report, "missing")).toEqual([
      "no other organisation has cosigned the checkpoint: the log's own city alone vouches for it",
      "entry 2: subject, caseReference is not shown: erased, past its time, or not for whom this was made",
      "entry 2: the signed request is not shown",
      "entry 4: answer.441900 is not shown: erased, past its time, or not for whom this was made",
      "entry 4: the answer for 441900 (dg) is not shown",
      "entry 4: the signed response is not shown",
    ]);
  });

  it("is nothing under another log's key", () => {
    const other = formatVerifierKey(
      noteKey("signature", logOrigin(nodeIdSchema.parse("sz")), made.other.jwk),
    );
    expect(verifyBundle(text, other).sound).toBe(false);
    expect(verifyBundle(text, "sz+00000000+AA").sound).toBe(false);
  });

  it("is found out by any byte that is changed, wherever it stands", { timeout: 60_000 }, () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ by, at);
        const { sound, findings } = verifyBundle(changed.toString("utf8"), made.vkey);
        expect(sound, `byte ${at}: ${JSON.stringify(findings)}`).toBe(false);
      }),
      { numRuns: 1_500 },
    );
  });

  it("is found out by any value that is changed and written well, and by any that is gone", {
    timeout: 60_000,
  }, () => {
    const intact = JSON.stringify(verifyBundle(text, made.vkey).findings);
    let changes = 0;
    for (const { what, gone, changed } of variantsOf(JSON.parse(text))) {
      const written = JSON.stringify(changed);
      const report = verifyBundle(written, made.vkey);
      changes += 1;
      if (gone) expect(JSON.stringify(report.findings), what).not.toBe(intact);
      else expect(report.sound, what).toBe(false);
    }
    expect(changes).toBeGreaterThan(100);
  });

  it("is found out by what is put into it", () => {
    const [taken, intent, outcome] = made.bundle.entries;
    if (!taken || !intent?.kept?.request || !outcome?.kept || !outcome.response)
      throw new Error("no entries");
    const { request } = intent.kept;
    const withIntent = (kept: BundledEntry["kept"]) => ({ ...intent, kept });
    const bundles: Record<string, Bundle["entries"]> = {
      "an entry of something else": [
        { index: 0, leaf: made.log.written[0]?.leaf ?? "", proof: made.log.proof(0) },
        ...made.bundle.entries,
      ],
      "an entry twice": [taken, intent, intent, outcome],
      "a field that nobody signed": [
        taken,
        withIntent({
          ...intent.kept,
          request: { ...request, headers: { ...request.headers, "x-said": "so" } },
        }),
        outcome,
      ],
      "a second opening": [
        taken,
        withIntent({ ...intent.kept, openings: [...intent.kept.openings, ...intent.kept.openings] }),
        outcome,
      ],
      "an answer twice": [
        taken,
        intent,
        {
          ...outcome,
          kept: {
            ...outcome.kept,
            answers: [...(outcome.kept.answers ?? []), ...(outcome.kept.answers ?? [])],
          },
        },
      ],
      "a response beside the intent": [taken, { ...intent, response: outcome.response }, outcome],
      "an outcome without its intent": [taken, outcome],
      "the same body in other pieces": [
        taken,
        intent,
        {
          ...outcome,
          response: {
            ...outcome.response,
            body: outcome.response.body.flatMap<KeptResponse["body"][number]>((piece) =>
              typeof piece === "string" ? [piece.slice(0, 3), piece.slice(3)] : [piece],
            ),
          },
        },
      ],
    };
    for (const [what, entries] of Object.entries(bundles)) {
      expect(verify({ ...made.bundle, entries }).sound, what).toBe(false);
    }
    const unknown = `${made.bundle.checkpoint}— stranger ${randomBytes(68).toString("base64")}\n`;
    expect(verify({ ...made.bundle, checkpoint: unknown }).sound).toBe(false);
    expect(verify({ ...made.bundle, exchange: randomUUID() }).sound).toBe(false);
    expect(verify({ ...made.bundle, registries: [] }).sound).toBe(false);
  });
});

interface Variant {
  readonly what: string;
  /** Something was left out, not changed. */
  readonly gone: boolean;
  readonly changed: unknown;
}

/** The value with one thing changed, for every thing there is; and with one field or element left out. */
function* variantsOf(value: unknown): Generator<Variant> {
  if (typeof value === "number") yield { what: "number", gone: false, changed: value + 1 };
  if (typeof value === "string") {
    const at = Math.floor(value.length / 2);
    const changed = `${value.slice(0, at)}${value[at] === "x" ? "y" : "x"}${value.slice(at + 1)}`;
    yield { what: "text", gone: false, changed };
  }
  if (typeof value !== "object" || value === null) return;
  const list = Array.isArray(value);
  const put = (entries: readonly (readonly [string, unknown])[]) =>
    list ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  const entries = Object.entries(value);
  for (const [at, [name, each]] of entries.entries()) {
    yield { what: name, gone: true, changed: put(entries.toSpliced(at, 1)) };
    for (const { what, gone, changed } of variantsOf(each)) {
      yield { what: `${name}.${what}`, gone, changed: put(entries.with(at, [name, changed])) };
    }
  }
}
