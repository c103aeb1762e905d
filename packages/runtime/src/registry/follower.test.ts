import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { fault } from "@xinqiao/protocol/problem";
import {
  type Registry,
  registryDocumentSchema,
  registryHash,
  signRegistry,
} from "@xinqiao/protocol/registry";
import { err, ok } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Origin } from "../published/index.ts";
import { createRegistryFollower } from "./follower.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const jwk = generatePrivateJwk("ed25519");
const imported = importSigner(jwk);
if (!imported.ok) throw new Error(imported.error);
const signer = imported.value;
const pinned = { city: testMember({ node: "sz" }).node, keyIds: new Set([signer.keyId]) };

/** A city's versions, each following from the one before. */
let chain: string[];

async function publish(change: object = {}): Promise<string> {
  const prev = chain.at(-1);
  const document = registryDocumentSchema.parse({
    iss: "sz",
    version: chain.length + 1,
    prev: prev === undefined ? null : registryHash(prev),
    iat: now / 1000 - 60,
    exp: now / 1000 + 86_400,
    grace: 3_600,
    keys: [{ jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" }],
    members: [],
    ...change,
  });
  const text = await signRegistry(document, signer);
  chain.push(text);
  return text;
}

function scene() {
  const kept: string[] = [];
  const taken: number[] = [];
  const origin = {
    newest: vi.fn<Origin["newest"]>(async (hash) => {
      const newest = chain.at(-1) ?? "";
      return ok(hash === registryHash(newest) ? "unchanged" : newest);
    }),
    version: vi.fn<Origin["version"]>(async (version) => ok(chain[version - 1] ?? "")),
  };
  const follower = createRegistryFollower({
    held: undefined,
    pinned,
    origin,
    async keep(text) {
      kept.push(text);
    },
    now: () => now,
    onTaken: ({ document }: Registry) => taken.push(document.version),
  });
  return { follower, origin, kept, taken };
}

beforeEach(async () => {
  chain = [];
  await publish();
});

describe("a follower of the registry", () => {
  it("takes the first version by the pinned key, and nothing while nothing is new", async () => {
    const { follower, origin, kept, taken } = scene();
    expect(follower.current()).toBeUndefined();
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect([taken, kept]).toEqual([[1], chain]);
    expect(origin.newest.mock.calls).toEqual([[undefined], [registryHash(chain[0] ?? "")]]);
  });

  it("takes every version in between when it was away, in order", async () => {
    const { follower, taken, kept } = scene();
    await follower.refresh();
    for (let more = 0; more < 5; more += 1) await publish();
    await follower.refresh();
    expect(taken).toEqual([1, 2, 3, 4, 5, 6]);
    expect(kept).toEqual(chain);
  });

  it("asks once however often it is told to at once", async () => {
    const { follower, origin } = scene();
    await Promise.all([follower.refresh(), follower.refresh(), follower.refresh()]);
    expect(origin.newest).toHaveBeenCalledTimes(1);
  });

  it("keeps what it holds when the city is away, goes back, or forks", async () => {
    const { follower, origin } = scene();
    await publish();
    await follower.refresh();
    const [first = ""] = chain;
    for (const [answer, code] of [
      [err(fault("gateway.unreachable")), "gateway.unreachable"],
      [ok(first), "registry.rolled-back"],
      [ok("no registry at all"), "registry.malformed"],
    ] as const) {
      origin.newest.mockResolvedValueOnce(answer);
      expect(await follower.refresh()).toMatchObject({ error: { code } });
    }
    chain.pop();
    const forked = await publish({ grace: 1 });
    origin.newest.mockResolvedValueOnce(ok(forked));
    expect(await follower.refresh()).toMatchObject({ error: { code: "registry.forked" } });
    expect(follower.current()?.document.version).toBe(2);
  });

  it("does not follow for ever who claims to be far ahead, nor take what is missing for what is there", async () => {
    const { follower, origin } = scene();
    await follower.refresh();
    origin.newest.mockResolvedValueOnce(ok(await publish({ version: 999_999 })));
    expect(await follower.refresh()).toMatchObject({ error: { code: "registry.key-unknown" } });
    expect(origin.version).not.toHaveBeenCalled();
    chain.pop();
    origin.newest.mockResolvedValueOnce(ok(await publish({ version: 500 })));
    origin.version.mockImplementation(async () => ok(chain[0] ?? ""));
    expect(await follower.refresh(), "the same again is no next").toMatchObject({
      error: { code: "registry.forked" },
    });
    expect(origin.version).toHaveBeenCalledTimes(1);
    chain.pop();
    origin.newest.mockResolvedValueOnce(ok(await publish({ version: 4 })));
    origin.version.mockResolvedValueOnce(err(fault("gateway.response-invalid")));
    expect(await follower.refresh()).toMatchObject({ error: { code: "gateway.response-invalid" } });
    expect(follower.current()?.document.version).toBe(1);
  });

  it("decides by no version that it could not keep", async () => {
    const { origin } = scene();
    const follower = createRegistryFollower({
      held: undefined,
      pinned,
      origin,
      keep: () => Promise.reject(new Error("the disk is full")),
      now: () => now,
      onTaken: () => {},
    });
    await expect(follower.refresh()).rejects.toThrow("the disk is full");
    expect(follower.current()).toBeUndefined();
  });
});
