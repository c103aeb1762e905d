import { logOrigin, signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import {
  appendLeaf,
  emptyFrontier,
  inclusionProof,
  type LogEntryDraft,
  leafHash,
  rootOf,
  type SealedEntry,
  sealEntry,
  type TreeNode,
} from "@xinqiao/protocol/log";
import { noteKey, noteSigner } from "@xinqiao/protocol/note";
import type { GivenLeaf } from "@xinqiao/protocol/reconciliation";
import { ok } from "@xinqiao/protocol/result";
import { testNode, testNow } from "@xinqiao/protocol/testing";
import type { GetFromGateway } from "@xinqiao/runtime/published";

const city = testNode("sz");

/** A log whose proofs hold; without a checkpoint until something stands in it. */
export function startFakeLog() {
  const jwk = generatePrivateJwk();
  const signing = importSigner(jwk);
  if (!signing.ok) throw new Error(signing.error);
  const logSigner = noteSigner(noteKey("signature", logOrigin(city), publicOf(jwk)), signing.value);
  const nodes: TreeNode[] = [];
  let frontier = emptyFrontier;
  const read = (level: number, index: number) => {
    const node = nodes.find((each) => each.level === level && each.index === index);
    if (node === undefined) throw new Error("no such node");
    return node.hash;
  };
  const get: GetFromGateway = async (path) => {
    if (frontier.size === 0) return ok({ status: 404, body: "" });
    if (path === "/log/checkpoint/newest") {
      const head = { origin: logOrigin(city), size: frontier.size, root: rootOf(frontier) };
      return ok({ status: 200, body: await signCheckpoint(head, [logSigner]) });
    }
    const index = Number(new URL(path, "http://sz.example").searchParams.get("index"));
    const proof = inclusionProof(read, index, frontier.size).map((hash) =>
      Buffer.from(hash).toString("base64"),
    );
    return ok({ status: 200, body: JSON.stringify({ proof }) });
  };
  return {
    key: { jwk: publicOf(jwk), notBefore: "2020-01-01T00:00:00Z" },
    get,
    root: () => Buffer.from(rootOf(frontier)).toString("base64"),
    append(draft: LogEntryDraft): GivenLeaf & { readonly sealed: SealedEntry } {
      const sealed = sealEntry(draft, testNow, (length) => Buffer.alloc(length, 7));
      const index = frontier.size;
      const appended = appendLeaf(frontier, leafHash(Buffer.from(sealed.leaf)));
      frontier = appended.frontier;
      nodes.push(...appended.nodes);
      return { index, leaf: sealed.leaf, sealed };
    },
  };
}
