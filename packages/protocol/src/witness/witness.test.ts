import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { logOrigin, readCheckpoint, type SignedCheckpoint, signCheckpoint } from "../checkpoint/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, importSigner, publicOf } from "../keys/index.ts";
import {
  appendLeaf,
  consistencyProof,
  emptyFrontier,
  leafHash,
  type NodeReader,
  rootOf,
  verifyConsistency,
} from "../log/index.ts";
import { formatNote, noteKey, noteSigner, noteVerifier } from "../note/index.ts";
import {
  type AddCheckpoint,
  formatAddCheckpoint,
  judgeCheckpoint,
  parseAddCheckpoint,
  statusOf,
  type WitnessJudgement,
} from "./index.ts";

const origin = logOrigin(nodeIdSchema.parse("sz"));
const most = 40;
/** Where the second past parts from the first. */
const parting = 23;

const key = party();
const stranger = party();
const log = { origin, verifiers: [noteVerifier(key.note)] };

function party() {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const note = noteKey("signature", origin, publicOf(jwk));
  return { note, signer: noteSigner(note, signer.value) };
}

async function signed(size: number, root: Uint8Array, by = key, from = origin): Promise<SignedCheckpoint> {
  const read = readCheckpoint(await signCheckpoint({ origin: from, size, root }, [by.signer]));
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

/** One past of a log: a checkpoint of every size, and what proofs are made of. */
interface Past {
  readonly read: NodeReader;
  readonly checkpoints: readonly SignedCheckpoint[];
}

async function past(leafAt: (index: number) => string): Promise<Past> {
  const nodes = new Map<string, Buffer>();
  let frontier = emptyFrontier;
  const checkpoints = [await signed(0, rootOf(frontier))];
  for (let index = 0; index < most; index += 1) {
    const appended = appendLeaf(frontier, leafHash(Buffer.from(leafAt(index))));
    for (const { level, index: at, hash } of appended.nodes) nodes.set(`${level}/${at}`, hash);
    frontier = appended.frontier;
    checkpoints.push(await signed(index + 1, rootOf(frontier)));
  }
  return { read: (level, index) => nodes.get(`${level}/${index}`) ?? Buffer.alloc(32), checkpoints };
}

const pasts: Past[] = [];
beforeAll(async () => {
  pasts.push(await past((index) => `leaf ${index}`));
  pasts.push(await past((index) => (index < parting ? `leaf ${index}` : `other leaf ${index}`)));
});

function of(which: number, size: number): SignedCheckpoint {
  const checkpoint = pasts[which]?.checkpoints[size];
  if (checkpoint === undefined) throw new Error("no such checkpoint");
  return checkpoint;
}

/** As a log asks that believes the witness to hold `oldSize` leaves of the same past. */
function request(size: number, oldSize: number, which = 0): AddCheckpoint {
  const read = pasts[which]?.read;
  const provable = read !== undefined && oldSize > 0 && oldSize <= size;
  const proof = provable ? consistencyProof(read, oldSize, size) : [];
  return { oldSize, proof, offered: of(which, size) };
}

const judged = (held: SignedCheckpoint | undefined, asked: AddCheckpoint) =>
  judgeCheckpoint(held, asked, log);
const summary = (judgement: WitnessJudgement) => [judgement.kind, statusOf(judgement)];

const size = fc.nat(most);
const sequence = fc
  .uniqueArray(size, { minLength: 1, maxLength: 8 })
  .map((sizes) => sizes.toSorted((a, b) => a - b));

describe("a witness", () => {
  it("that starts anywhere and is shown honest extensions cosigns each of them", () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom(0, 1), (sizes, which) => {
        let held: SignedCheckpoint | undefined;
        for (const next of sizes) {
          const asked = parseAddCheckpoint(
            formatAddCheckpoint(request(next, held?.checkpoint.size ?? 0, which)),
          );
          if (asked === undefined) throw new Error("it was made to be read");
          const judgement = judged(held, asked);
          expect(summary(judgement)).toEqual(["cosign", 200]);
          held = asked.offered;
        }
      }),
    );
  });

  it("cosigns the same checkpoint again", () => {
    fc.assert(
      fc.property(size, (same) => {
        expect(judged(of(0, same), request(same, same))).toEqual({ kind: "cosign", offered: of(0, same) });
      }),
    );
  });

  it("never cosigns two roots of one size, nor goes back, nor leaves its past, whatever it is shown", () => {
    const tampering = fc.constantFrom<(proof: readonly Uint8Array[]) => readonly Uint8Array[]>(
      (proof) => proof,
      (proof) => proof.slice(1),
      (proof) => proof.slice(0, -1),
      (proof) => [...proof, Buffer.alloc(32)],
      (proof) => proof.toReversed(),
      () => [],
    );
    const asked = fc.record({
      which: fc.constantFrom(0, 1),
      proofOf: fc.constantFrom(0, 1),
      next: size,
      old: fc.option(size, { nil: undefined }),
      tamper: tampering,
    });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 30 }), (attempts) => {
        const cosigned: SignedCheckpoint[] = [];
        for (const { which, proofOf, next, old, tamper } of attempts) {
          const held = cosigned.at(-1);
          const oldSize = old ?? held?.checkpoint.size ?? 0;
          const proof = tamper(request(next, oldSize, proofOf).proof);
          const judgement = judged(held, { oldSize, proof, offered: of(which, next) });
          if (judgement.kind === "cosign") cosigned.push(judgement.offered);
        }
        const roots = new Map<number, string>();
        let last = 0;
        for (const { checkpoint } of cosigned) {
          const root = Buffer.from(checkpoint.root).toString("hex");
          expect(roots.get(checkpoint.size) ?? root).toBe(root);
          roots.set(checkpoint.size, root);
          expect(checkpoint.size).toBeGreaterThanOrEqual(last);
          last = checkpoint.size;
        }
        const ofOnePast = [0, 1].some((which) =>
          cosigned.every(
            ({ checkpoint }) =>
              of(which, checkpoint.size).note.text === formatText(checkpoint.size, checkpoint.root),
          ),
        );
        expect(ofOnePast).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("tells a log that is behind or ahead where it is", () => {
    for (const old of [0, 1, 6, 8, 30]) {
      const judgement = judged(of(0, 7), request(30, old));
      expect(judgement).toEqual({ kind: "conflict", heldSize: 7 });
      expect(statusOf(judgement)).toBe(409);
    }
    expect(judged(undefined, request(30, 7))).toEqual({ kind: "conflict", heldSize: 0 });
  });

  it("has two checkpoints of one size and different roots as evidence of a fork, whatever size was asked from", () => {
    for (const old of [0, 7, 30]) {
      const judgement = judged(of(0, 30), request(30, old, 1));
      expect(judgement).toEqual({
        kind: "fork",
        heldSize: 30,
        evidence: { held: of(0, 30), offered: of(1, 30) },
      });
      expect(statusOf(judgement)).toBe(409);
    }
  });

  it("has a smaller checkpoint beside the one it holds as evidence of a roll-back", () => {
    for (const [small, old] of [
      [0, 0],
      [7, 0],
      [7, 7],
      [29, 3],
    ] as const) {
      const judgement = judged(of(0, 30), request(small, old));
      expect(judgement).toEqual({
        kind: "rolled-back",
        heldSize: 30,
        evidence: { held: of(0, 30), offered: of(0, small) },
      });
      expect(statusOf(judgement)).toBe(409);
    }
  });

  it("cosigns no other past behind the one it holds, with both checkpoints as evidence", () => {
    const judgement = judged(of(0, 25), request(40, 25, 1));
    expect(judgement).toEqual({
      kind: "proof-invalid",
      evidence: { held: of(0, 25), offered: of(1, 40) },
    });
    expect(statusOf(judgement)).toBe(422);
  });

  it.each([
    ["one hash too short at its beginning", (proof: readonly Uint8Array[]) => proof.slice(1)],
    ["one hash too short at its end", (proof: readonly Uint8Array[]) => proof.slice(0, -1)],
    ["one hash too long", (proof: readonly Uint8Array[]) => [...proof, Buffer.alloc(32)]],
    ["its last hash twice", (proof: readonly Uint8Array[]) => [...proof, ...proof.slice(-1)]],
    ["a hash of 31 bytes", (proof: readonly Uint8Array[]) => proof.map((hash) => hash.subarray(1))],
    ["no hash at all", () => []],
  ])("refuses a proof with %s, from any size to any other", (_, tamper) => {
    const growing = fc
      .tuple(fc.integer({ min: 1, max: most - 1 }), fc.integer({ min: 1, max: most }))
      .filter(([from, to]) => from < to);
    fc.assert(
      fc.property(growing, ([from, to]) => {
        const honest = request(to, from);
        const judgement = judged(of(0, from), { ...honest, proof: tamper(honest.proof) });
        expect(summary(judgement)).toEqual(["proof-invalid", 422]);
      }),
    );
  });

  it("refuses a proof where there is nothing to prove: from nothing, and to the same size", () => {
    const hash = Buffer.alloc(32);
    expect(judged(undefined, { ...request(9, 0), proof: [hash] })).toEqual({ kind: "proof-invalid" });
    expect(judged(of(0, 0), { ...request(9, 0), proof: [hash] }).kind).toBe("proof-invalid");
    expect(judged(of(0, 9), { ...request(9, 9), proof: [hash] }).kind).toBe("proof-invalid");
    expect(judged(of(0, 1), { ...request(1, 1), proof: [hash] }).kind).toBe("proof-invalid");
  });

  it("takes a first checkpoint of any size, and goes on from one leaf", () => {
    for (const first of [0, 1, 2, most]) expect(judged(undefined, request(first, 0)).kind).toBe("cosign");
    for (const next of [1, 2, 3, most]) expect(judged(of(0, 1), request(next, 1)).kind).toBe("cosign");
    const [one, two] = [of(0, 1).checkpoint, of(0, 2).checkpoint];
    const proof = request(2, 1).proof;
    expect(verifyConsistency({ oldSize: 1, newSize: 2, oldRoot: one.root, newRoot: two.root, proof })).toBe(
      true,
    );
  });

  it("refuses a request whose old size is larger than its checkpoint", () => {
    const judgement = judged(of(0, 30), { oldSize: 31, proof: [], offered: of(0, 30) });
    expect(summary(judgement)).toEqual(["old-size-too-large", 400]);
  });

  it("knows no other log, before it looks at a signature", async () => {
    const other = logOrigin(nodeIdSchema.parse("dg"));
    const offered = await signed(3, Buffer.alloc(32, 3), stranger, other);
    const judgement = judged(undefined, { oldSize: 0, proof: [], offered });
    expect(judgement).toEqual({ kind: "unknown-origin", origin: "xinqiao/dg" });
    expect(statusOf(judgement)).toBe(404);
  });

  it("believes no checkpoint that its log did not sign, nor one that was changed, whatever else it says", async () => {
    const forged = await signed(3, Buffer.alloc(32, 3), stranger);
    const changed = readCheckpoint(formatNote(of(0, 30).note).replace("\n30\n", "\n31\n"));
    if (!changed.ok) throw new Error(changed.error.reason);
    for (const offered of [forged, changed.value]) {
      for (const held of [undefined, of(0, 30)]) {
        const judgement = judged(held, { oldSize: 0, proof: [], offered });
        expect(summary(judgement)).toEqual(["signature-invalid", 403]);
      }
    }
  });
});

function formatText(leaves: number, root: Uint8Array): string {
  return `${origin}\n${leaves}\n${Buffer.from(root).toString("base64")}\n`;
}
