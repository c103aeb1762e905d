import {
  logOrigin,
  readCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import { noteKey, noteSigner } from "@xinqiao/protocol/note";
import { type RegistryDocument, registryDocumentSchema } from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import type { CheckpointKeeper, KeptCheckpoint, PublishedLog } from "../../log/index.ts";

const notBefore = "2020-01-01T00:00:00Z";
const city = nodeIdSchema.parse("sz");

/** A key with the signer that has its private half. */
export function testKey() {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { jwk: publicOf(jwk), signer: signer.value, listed: { jwk: publicOf(jwk), notBefore } };
}

export type TestKey = ReturnType<typeof testKey>;

/** A city's log in memory, its registry, and what it signs. */
export interface TestCity {
  readonly registry: RegistryDocument;
  readonly log: PublishedLog & CheckpointKeeper & { head(): { size: number; root: string } };
  append(...leaves: string[]): void;
  /** Signs the head and keeps it. */
  checkpoint(): Promise<SignedCheckpoint>;
  readonly logKey: TestKey;
}

/** @param witnesses by node id */
export function testCity(witnesses: Readonly<Record<string, TestKey>>, logKey = testKey()): TestCity {
  const leaves: Buffer[] = [];
  const kept = new Map<number, KeptCheckpoint>();
  const newest = () => [...kept.values()].sort((one, other) => other.size - one.size)[0];
  const frontierAt = (size: number) =>
    leaves
      .slice(0, size)
      .reduce((frontier, leaf) => appendLeaf(frontier, leafHash(leaf)).frontier, emptyFrontier);
  const nodes = () => {
    let frontier = emptyFrontier;
    return leaves.flatMap((leaf) => {
      const appended = appendLeaf(frontier, leafHash(leaf));
      frontier = appended.frontier;
      return appended.nodes;
    });
  };
  const registry = registryDocumentSchema.parse({
    iss: city,
    version: 1,
    prev: null,
    iat: 1,
    exp: 2,
    grace: 0,
    keys: [testKey().listed],
    log: [logKey.listed],
    members: Object.entries(witnesses).map(([node, { listed }]) =>
      testMember({ node, keys: [listed], endpoint: `https://${node}.example` }),
    ),
  });
  const log: TestCity["log"] = {
    newest,
    witnessed: (cosigners) =>
      [...kept.values()].filter((each) => each.cosigners >= cosigners).at(-1) ?? newest(),
    covering: (size, cosigners) =>
      [...kept.values()].find((each) => each.size >= size && each.cosigners >= cosigners),
    hashes: (level, from, to) =>
      nodes()
        .filter((node) => node.level === level && node.index >= from && node.index < to)
        .map(({ hash }) => hash),
    leaves: (from, to) => leaves.slice(from, to),
    rootAt: (size) => rootOf(frontierAt(size)),
    head: () => ({ size: leaves.length, root: rootOf(frontierAt(leaves.length)).toString("base64") }),
    async keepCheckpoint(checkpoint) {
      const read = readCheckpoint(checkpoint.note);
      if (!read.ok) throw new Error(read.error.reason);
      kept.set(checkpoint.size, checkpoint);
      return ok(undefined);
    },
  };
  return {
    registry,
    log,
    logKey,
    append(...texts) {
      leaves.push(...texts.map((text) => Buffer.from(text)));
    },
    async checkpoint() {
      const origin = logOrigin(city);
      const signer = noteSigner(noteKey("signature", origin, logKey.jwk), logKey.signer);
      const { size } = log.head();
      const note = await signCheckpoint({ origin, size, root: log.rootAt(size) }, [signer]);
      await log.keepCheckpoint({ size, at: size, note, cosigners: 0 });
      const read = readCheckpoint(note);
      if (!read.ok) throw new Error(read.error.reason);
      return read.value;
    },
  };
}
