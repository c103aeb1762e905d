import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import {
  createDirectory,
  type Peer,
  peerSchema,
  type Registry,
  registryDocumentSchema,
  registryHash,
  reopenRegistry,
  signRegistry,
} from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { followPeers, type PeersDependencies } from "./index.ts";

const start = Date.parse("2026-03-01T00:00:00Z");
const day = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

function makeKey() {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { listed: { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" }, signer: signer.value };
}

/** A city of its own: its registry, version by version, and what another city may approve of it. */
function makeCity(node: string, division: string) {
  let key = makeKey();
  let versions: string[] = [];
  const publish = async (status = "active", expiresAt = start + 30 * day) => {
    const prev = versions.at(-1);
    const document = registryDocumentSchema.parse({
      iss: node,
      version: versions.length + 1,
      prev: prev === undefined ? null : registryHash(prev),
      iat: start / 1000 - 60,
      exp: expiresAt / 1000,
      grace: 3_600,
      keys: [key.listed],
      members: [testMember({ node: `${node}-east`, division, status, keys: [makeKey().listed] })],
    });
    versions.push(await signRegistry(document, key.signer));
  };
  return {
    node,
    publish,
    newest: () => versions.at(-1) ?? "",
    /** Everything lost, keys included. */
    beginAnew() {
      key = makeKey();
      versions = [];
    },
    approved: (change: object = {}): Peer =>
      peerSchema.parse({
        city: node,
        origin: `https://${node}.example`,
        keys: [key.signer.keyId],
        names: [node],
        divisions: [division.slice(0, 4)],
        roles: ["district"],
        notBefore: iso(start - day),
        ...change,
      }),
  };
}

function ownRegistry(...peers: Peer[]): Registry {
  const members = [testMember({ node: "sz-baoan" })];
  const directory = createDirectory({ version: 1, members });
  if (!directory.ok) throw new Error(directory.error.join());
  const [key] = [makeKey()];
  const document = registryDocumentSchema.parse({
    iss: "sz",
    version: 1,
    prev: null,
    iat: start / 1000,
    exp: start / 1000 + 1,
    grace: 0,
    keys: [key?.listed],
    members,
    peers,
  });
  return { document, directory: directory.value, text: "", hash: "" };
}

type City = ReturnType<typeof makeCity>;

async function scene(
  cities: readonly City[],
  change: Partial<PeersDependencies> = {},
  peers = cities.map((each) => each.approved()),
) {
  const kept = new Map<string, string>();
  const faults: string[] = [];
  let clock = start;
  let own = ownRegistry(...peers);
  const nameOf = ({ city, keys }: Peer) => `${city} ${keys.join()}`;
  const followed = await followPeers({
    own: () => own,
    originOf: ({ city }) => ({
      newest: async () => ok(cities.find(({ node }) => node === city)?.newest() ?? ""),
      version: async () => ok(""),
    }),
    async read(peer) {
      const text = kept.get(nameOf(peer));
      const registry = text === undefined ? undefined : reopenRegistry(text, clock);
      return registry?.ok ? registry.value : undefined;
    },
    async keep(peer, text) {
      kept.set(nameOf(peer), text);
    },
    now: () => clock,
    onTaken: () => {},
    onFault: (city, { code }) => faults.push(`${city} ${code}`),
    onError: (error) => faults.push(String(error)),
    ...change,
  });
  return {
    followed,
    faults,
    statusOf: (node: string) => followed.directory().member(testMember({ node }).node)?.status,
    passTo(at: number) {
      clock = at;
    },
    approve(...next: Peer[]) {
      own = ownRegistry(...next);
    },
  };
}

describe("following peers", () => {
  it("knows their members, and what becomes of them", async () => {
    const dg = makeCity("dg", "441900");
    await dg.publish();
    const { followed, statusOf } = await scene([dg]);
    expect(statusOf("dg-east")).toBeUndefined();
    await followed.refresh();
    expect(statusOf("dg-east")).toBe("active");
    await dg.publish("suspended");
    await followed.refresh();
    expect(statusOf("dg-east")).toBe("suspended");
  });

  it("hears one though another never answers, or cannot be kept", async () => {
    const [dg, hz] = [makeCity("dg", "441900"), makeCity("hz", "441300")];
    await Promise.all([dg.publish(), hz.publish()]);
    const hanging = await scene([dg, hz], {
      originOf: ({ city }) => ({
        newest: () => (city === "dg" ? new Promise(() => {}) : Promise.resolve(ok(hz.newest()))),
        version: async () => ok(""),
      }),
    });
    void hanging.followed.refresh();
    await expect.poll(() => hanging.statusOf("hz-east")).toBe("active");
    const full = await scene([dg, hz], {
      async keep({ city }) {
        if (city === "dg") throw new Error("the disk is full");
      },
    });
    await full.followed.refresh();
    expect(full.statusOf("hz-east")).toBe("active");
    expect(full.statusOf("dg-east")).toBeUndefined();
    expect(full.faults).toEqual(["Error: the disk is full"]);
  });

  it("ends with the agreement, and with their registry, to the instant", async () => {
    const dg = makeCity("dg", "441900");
    await dg.publish("active", start + 10 * day);
    const agreed = await scene([dg], {}, [dg.approved({ notAfter: iso(start + 2 * day) })]);
    await agreed.followed.refresh();
    agreed.passTo(start + 2 * day - 1);
    expect(agreed.statusOf("dg-east")).toBe("active");
    agreed.passTo(start + 2 * day);
    expect(agreed.statusOf("dg-east")).toBeUndefined();
    const open = await scene([dg]);
    await open.followed.refresh();
    open.passTo(start + 10 * day + 3_600_000);
    expect(open.statusOf("dg-east")).toBe("active");
    open.passTo(start + 10 * day + 3_600_001);
    expect(open.statusOf("dg-east")).toBeUndefined();
  });

  it("begins at an agreement's first instant", async () => {
    const dg = makeCity("dg", "441900");
    await dg.publish();
    const { followed, statusOf, passTo } = await scene([dg], {}, [
      dg.approved({ notBefore: iso(start + day) }),
    ]);
    await followed.refresh();
    expect(statusOf("dg-east")).toBeUndefined();
    passTo(start + day);
    expect(statusOf("dg-east")).toBe("active");
  });

  it("approved again by other keys is another beginning: what the old keys have signed counts no more", async () => {
    const dg = makeCity("dg", "441900");
    await dg.publish();
    const { followed, statusOf, approve, faults } = await scene([dg]);
    await followed.refresh();
    dg.beginAnew();
    await dg.publish("suspended");
    await followed.refresh();
    expect(faults).toEqual(["dg registry.key-unknown"]);
    expect(statusOf("dg-east")).toBe("active");
    approve(dg.approved());
    await followed.refresh();
    expect(statusOf("dg-east")).toBe("suspended");
  });
});
