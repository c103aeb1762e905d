import {
  baseCatalogue,
  catalogueDocumentSchema,
  type PublishedCatalogue,
  signCatalogue,
} from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { fault } from "@xinqiao/protocol/problem";
import { publishedHash } from "@xinqiao/protocol/published";
import { err, ok } from "@xinqiao/protocol/result";
import type { Origin } from "@xinqiao/runtime/published";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createCatalogueFollower } from "./follower.ts";

const now = Date.parse("2026-03-01T00:00:00Z");

function registryKey() {
  const jwk = generatePrivateJwk("ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { signer: signer.value, listed: { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" } };
}

const [old, current] = [registryKey(), registryKey()];

/** A city's versions, each following from the one before, and the keys that its registry lists. */
let chain: string[];
let listed: (typeof old)["listed"][];

async function publish(by = old, change: object = {}): Promise<string> {
  const prev = chain.at(-1);
  const document = catalogueDocumentSchema.parse({
    iss: "sz",
    version: chain.length + 1,
    prev: prev === undefined ? null : publishedHash(prev),
    iat: now / 1000 - 60,
    ...baseCatalogue(),
    ...change,
  });
  const text = await signCatalogue(document, by.signer);
  chain.push(text);
  return text;
}

function scene(keep: (text: string) => Promise<void> = async () => {}) {
  const taken: number[] = [];
  const origin = {
    newest: vi.fn<Origin["newest"]>(async (hash) => {
      const newest = chain.at(-1) ?? "";
      return ok(hash === publishedHash(newest) ? "unchanged" : newest);
    }),
    version: vi.fn<Origin["version"]>(async (version) => ok(chain[version - 1] ?? "")),
  };
  const follower = createCatalogueFollower({
    held: undefined,
    anchor: () => ({ city: nodeIdSchema.parse("sz"), keys: listed }),
    origin,
    keep,
    now: () => now,
    onTaken: ({ document }: PublishedCatalogue) => taken.push(document.version),
  });
  return { follower, origin, taken };
}

beforeEach(async () => {
  chain = [];
  listed = [old.listed];
  await publish();
});

describe("a follower of the catalogue", () => {
  it("takes the newest at first, and nothing while nothing is new", async () => {
    await publish();
    const { follower, origin, taken } = scene();
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(taken).toEqual([2]);
    expect(origin.version).not.toHaveBeenCalled();
  });

  it("takes the newest when it was away, once the hashes in between lead to the one held", async () => {
    const { follower, taken, origin } = scene();
    await follower.refresh();
    for (let more = 0; more < 4; more += 1) await publish();
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(taken).toEqual([1, 5]);
    expect(origin.version.mock.calls.flat().toSorted()).toEqual([2, 3, 4]);
  });

  it("follows though the key that signed what was in between is listed no more", async () => {
    const { follower, taken } = scene();
    await follower.refresh();
    await publish();
    await publish();
    listed = [current.listed];
    await publish(current);
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(taken).toEqual([1, 4]);
  });

  it("reports a later version that does not descend from the one held", async () => {
    const { follower, origin, taken } = scene();
    await follower.refresh();
    const [first = ""] = chain;
    // Another first version: all that follows from it is another catalogue.
    chain = [];
    await publish(old, { purposes: [] });
    for (let more = 0; more < 2; more += 1) await publish();
    expect(await follower.refresh()).toMatchObject({ error: { code: "catalogue.forked" } });
    chain[0] = first;
    origin.version.mockImplementation(async () => ok(first));
    expect(await follower.refresh(), "nor what is shown in place of one in between").toMatchObject({
      error: { code: "catalogue.forked", facts: { version: 2 } },
    });
    expect(taken).toEqual([1]);
  });

  it("keeps what it holds when the city is away, goes back, forks, or is not believed", async () => {
    const { follower, origin } = scene();
    await publish();
    await follower.refresh();
    const [first = ""] = chain;
    const stranger = await publish(current);
    chain.pop();
    for (const [answer, code] of [
      [err(fault("gateway.unreachable")), "gateway.unreachable"],
      [ok(first), "catalogue.rolled-back"],
      [ok("no catalogue at all"), "catalogue.malformed"],
      [ok(stranger), "catalogue.key-unknown"],
    ] as const) {
      origin.newest.mockResolvedValueOnce(answer);
      expect(await follower.refresh()).toMatchObject({ error: { code } });
    }
    chain.pop();
    origin.newest.mockResolvedValueOnce(ok(await publish(old, { purposes: [] })));
    expect(await follower.refresh()).toMatchObject({ error: { code: "catalogue.forked" } });
    expect(follower.current()?.document.version).toBe(2);
  });

  it("decides by no version that it could not keep", async () => {
    const { follower } = scene(() => Promise.reject(new Error("the disk is full")));
    await expect(follower.refresh()).rejects.toThrow("the disk is full");
    expect(follower.current()).toBeUndefined();
  });
});
