import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  logOrigin,
  readCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
  verifyCosignatures,
  witnessOf,
} from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import {
  appendLeaf,
  consistencyProof,
  emptyFrontier,
  type Frontier,
  leafHash,
  rootOf,
  type TreeNode,
} from "@xinqiao/protocol/log";
import { formatNote, noteKey, noteSigner, parseSignatures } from "@xinqiao/protocol/note";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import { formatAddCheckpoint } from "@xinqiao/protocol/witness";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type OpenedWitnessBook, openWitnessBook } from "../store/index.ts";
import { createWitness, type WitnessDependencies } from "./index.ts";

const notBefore = "2020-01-01T00:00:00Z";
const now = Date.parse("2026-03-01T00:00:00Z");
const [city, self] = [nodeIdSchema.parse("sz"), nodeIdSchema.parse("sz-baoan")];

function newKey() {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { listed: { jwk: publicOf(jwk), notBefore }, signer: signer.value };
}

const [logKey, ownKey] = [newKey(), newKey()];

/** A log that says `leaves`. */
function logOf(leaves: readonly string[]) {
  let frontier: Frontier = emptyFrontier;
  const nodes: TreeNode[] = [];
  const roots: Buffer[] = [rootOf(frontier)];
  for (const leaf of leaves) {
    const appended = appendLeaf(frontier, leafHash(Buffer.from(leaf)));
    frontier = appended.frontier;
    nodes.push(...appended.nodes);
    roots.push(rootOf(frontier));
  }
  const read = (level: number, index: number) => {
    const node = nodes.find((each) => each.level === level && each.index === index);
    if (node === undefined) throw new Error("no such node");
    return node.hash;
  };
  return {
    async at(size: number, key = logKey): Promise<SignedCheckpoint> {
      const origin = logOrigin(city);
      const signer = noteSigner(noteKey("signature", origin, key.listed.jwk), key.signer);
      const note = await signCheckpoint({ origin, size, root: roots[size] ?? Buffer.alloc(32) }, [signer]);
      const checkpoint = readCheckpoint(note);
      if (!checkpoint.ok) throw new Error(checkpoint.error.reason);
      return checkpoint.value;
    },
    proof: (old: number, size: number) =>
      old === 0 || old === size ? [] : consistencyProof(read, old, size),
  };
}

const honest = logOf(["a", "b", "c", "d", "e", "f", "g"]);
const longer = logOf(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
const other = logOf(["a", "b", "x", "d", "e", "f", "g", "h", "i"]);

let folder: string;
let book: OpenedWitnessBook;
const open = () => openWitnessBook(join(folder, "witness.db"));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-witness-"));
  book = open();
});

afterEach(async () => {
  book.close();
  await rm(folder, { recursive: true, force: true });
});

function scene(change: Partial<WitnessDependencies> = {}) {
  const onAlarm = vi.fn<WitnessDependencies["onAlarm"]>();
  const member = testMember({ node: "sz-baoan", keys: [ownKey.listed] });
  const deps: WitnessDependencies = {
    self,
    city,
    logKeys: () => [logKey.listed],
    directory: () => ({ member: () => member }),
    signer: ownKey.signer,
    book,
    get: async () => err(fault("gateway.unreachable")),
    now: () => now,
    onCosigned: () => {},
    onAlarm,
    ...change,
  };
  const witness = createWitness(deps);
  const send = (body: string) => witness.addCheckpoint(Buffer.from(body));
  const show = async (log: typeof honest, oldSize: number, size: number, key = logKey) => {
    const offered = await log.at(size, key);
    return send(formatAddCheckpoint({ oldSize, proof: log.proof(oldSize, size), offered }));
  };
  return { show, send, onAlarm };
}

/** A gateway that serves this checkpoint and these proofs. */
const serving = (log: typeof honest, size: number) => async (path: string) => {
  if (path === "/log/checkpoint/newest")
    return ok({ status: 200, body: formatNote((await log.at(size)).note) });
  const [, old = "", to = ""] = /old=(\d+)&size=(\d+)/.exec(path) ?? [];
  const proof = log.proof(Number(old), Number(to)).map((hash) => Buffer.from(hash).toString("base64"));
  return ok({ status: 200, body: JSON.stringify({ proof }) });
};

describe("a member that watches its city's log", () => {
  it("cosigns what extends what it has seen, each time anew, and holds it on the disk", async () => {
    const { show, onAlarm } = scene();
    for (const [old, size] of [
      [0, 2],
      [2, 2],
      [2, 7],
    ] as const) {
      const { status, body } = await show(honest, old, size);
      expect(status).toBe(200);
      const lines = parseSignatures(body);
      if (!lines.ok) throw new Error(lines.error.reason);
      const { note } = await honest.at(size);
      const cosigned = verifyCosignatures({ ...note, signatures: lines.value }, [
        witnessOf(self, ownKey.listed),
      ]);
      expect(cosigned).toMatchObject({ ok: true, value: [{ member: self, time: now / 1000 }] });
    }
    book.close();
    book = open();
    expect(book.held(logOrigin(city))).toMatch(/^xinqiao\/sz\n7\n/);
    expect(onAlarm).not.toHaveBeenCalled();
  });

  it("says where it is to a log that believes it elsewhere, as C2SP has it", async () => {
    const { show } = scene();
    expect(await show(honest, 3, 7)).toEqual({ status: 409, body: "0\n", contentType: "text/x.tlog.size" });
    await show(honest, 0, 3);
    expect(await show(honest, 0, 7)).toMatchObject({ status: 409, body: "3\n" });
    expect(await show(honest, 3, 7)).toMatchObject({ status: 200 });
  });

  it("keeps both checkpoints of a fork, and names them in its alarm, once", async () => {
    const { show, onAlarm } = scene();
    await show(honest, 0, 5);
    expect(await show(other, 5, 5)).toMatchObject({ status: 409, body: "5\n" });
    await show(other, 5, 5);
    expect(onAlarm).toHaveBeenCalledTimes(1);
    const [evidence] = book.evidence();
    expect(evidence).toEqual(onAlarm.mock.calls[0]?.[0]);
    expect(evidence).toMatchObject({
      kind: "forked",
      at: now,
      held: formatNote((await honest.at(5)).note),
      offered: formatNote((await other.at(5)).note),
    });
    expect(book.held(logOrigin(city)), "it stays where it is").toContain((await honest.at(5)).note.text);
  });

  it.each<[string, number, number]>([
    ["a log that was put back to an older state", 5, 3],
    ["a log that goes on from another past", 5, 9],
  ])("raises an alarm over %s, when the log itself shows nothing better", async (_what, held, size) => {
    const log = size < held ? honest : other;
    const { show, onAlarm } = scene({ get: serving(log, size) });
    await show(honest, 0, held);
    expect((await show(log, held < size ? held : 0, size)).status).toBeGreaterThan(400);
    expect(book.evidence()).toMatchObject([
      { kind: "not-extended", offered: formatNote((await log.at(size)).note) },
    ]);
    expect(onAlarm).toHaveBeenCalledTimes(1);
  });

  it.each([4, 6, 9])(
    "finds a fork of %i entries out, whoever shows it, though the log itself goes on",
    async (size) => {
      const { show, onAlarm } = scene({ get: serving(longer, 12) });
      await show(longer, 0, 5);
      expect((await show(other, size < 5 ? 0 : 5, size)).status).toBeGreaterThan(400);
      expect(book.evidence()).toMatchObject([
        { kind: "forked", offered: formatNote((await other.at(size)).note) },
      ]);
      expect(onAlarm).toHaveBeenCalledTimes(1);
    },
  );

  it.each<[string, number, string]>([
    ["an error", 503, ""],
    ["nothing that can be read", 200, "<html>"],
  ])("raises none when the log answers the second question with %s", async (_what, status, body) => {
    const whole = serving(honest, 7);
    const get = async (path: string) =>
      path.startsWith("/log/consistency") ? ok({ status, body }) : whole(path);
    const { show, onAlarm } = scene({ get });
    await show(honest, 0, 5);
    await show(honest, 0, 3);
    expect([onAlarm.mock.calls, book.evidence()]).toEqual([[], []]);
  });

  it("keeps a fork though it has no room for anything else, and tells even what it cannot keep", async () => {
    const [held, offered] = ["held\n\nx\n", "offered\n\nx\n"];
    for (let turn = 0; turn < 1_000; turn += 1) {
      book.keep({ kind: "not-extended", at: turn, held, offered: `${turn} ${offered}` });
    }
    expect(book.keep({ kind: "not-extended", at: 0, held, offered })).toBe("full");
    const { show, onAlarm } = scene({ get: serving(other, 9) });
    await show(honest, 0, 5);
    await show(other, 5, 5);
    expect(book.evidence()[0]?.kind).toBe("forked");
    await show(other, 5, 9);
    expect(onAlarm.mock.calls.map(([{ kind }]) => kind)).toEqual(["forked", "not-extended"]);
  });

  it("holds what the log has signed, and nothing that the sender has written beside", async () => {
    const { send } = scene();
    const { note } = await honest.at(5);
    const line = "— 440300199001010011 AAAAAAAAAAA=\n";
    const sent = await send(`old 0\n\n${formatNote(note)}${line}`);
    expect(sent.status).toBe(200);
    expect(book.held(logOrigin(city))).toBe(formatNote(note));
  });

  it("signs the same checkpoint again only after a while, however often it is sent", async () => {
    let clock = now;
    const sign = vi.fn(ownKey.signer.sign);
    const { keyId, suite } = ownKey.signer;
    const { show } = scene({ now: () => clock, signer: { keyId, suite, sign } });
    const first = await show(honest, 0, 5);
    for (let turn = 0; turn < 10; turn += 1) expect(await show(honest, 5, 5)).toEqual(first);
    expect(sign).toHaveBeenCalledTimes(1);
    clock += 20_000;
    expect((await show(honest, 5, 5)).body).not.toBe(first.body);
    expect(sign).toHaveBeenCalledTimes(2);
  });

  it("raises none when somebody sends an old checkpoint again, or a new one without its proof", async () => {
    const { show, send, onAlarm } = scene({ get: serving(honest, 7) });
    await show(honest, 0, 5);
    expect(await show(honest, 0, 3)).toMatchObject({ status: 409, body: "5\n" });
    const offered = await honest.at(7);
    const junk = formatAddCheckpoint({ oldSize: 5, proof: [Buffer.alloc(32)], offered });
    expect(await send(junk)).toMatchObject({ status: 422 });
    expect(onAlarm).not.toHaveBeenCalled();
    expect(book.evidence()).toEqual([]);
  });

  it("raises none over a gateway that is away: nothing is proved by that", async () => {
    const { show, onAlarm } = scene();
    await show(honest, 0, 5);
    await show(honest, 0, 3);
    expect(onAlarm).not.toHaveBeenCalled();
  });

  it("cosigns nothing of another key, of another log, or that cannot be read", async () => {
    const { show, send } = scene();
    expect(await show(honest, 0, 3, newKey())).toMatchObject({ status: 403 });
    const elsewhere = scene({ city: nodeIdSchema.parse("dg") });
    expect(await elsewhere.show(honest, 0, 3)).toMatchObject({ status: 404 });
    expect(await send("old 0\n")).toMatchObject({ status: 400 });
    expect(book.held(logOrigin(city))).toBeUndefined();
  });

  it("cosigns nothing with a key that the registry does not list", async () => {
    const { show } = scene({ signer: newKey().signer });
    expect(await show(honest, 0, 3)).toMatchObject({ status: 503 });
    expect(book.held(logOrigin(city))).toBeUndefined();
  });

  it("says nothing before it is on the disk: two at once cannot both be first", async () => {
    const { show } = scene();
    const both = await Promise.all([show(honest, 0, 5), show(other, 0, 6)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
