import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readEntries } from "@xinqiao/gateway";
import { problemSchema } from "@xinqiao/protocol/problem";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askLocally,
  type Installation,
  installAgent,
  installGateway,
  sampleLookup,
} from "../constellation/index.ts";

const names = ["--name-zh", "示例区", "--name-en", "Example District"];
const longgang = [...names, "--division", "440307", "--jurisdiction", "440307"];

/** One federation on real processes; its members come, change their keys and go, and nothing is restarted. */
describe("a member's life", () => {
  let city: Installation;
  let member: Installation;
  let invitation: string;
  let fingerprint: string;
  let keyId: string;
  const lookUp = async (): Promise<object> => Object(await askLocally(member, sampleLookup()));
  const log = async () => readEntries(join(city.home, "log.db"));
  const receipt = async (...args: string[]) => JSON.parse(await member.run(...args, "--json"));

  beforeAll(async () => {
    city = await installGateway("sz", "440300");
    // A test that polls is refused more often in a while than an address may be.
    const file = join(city.home, "gateway.json");
    const limits = { refusalsPerAddress: { requests: 10_000, perSeconds: 1 } };
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), limits }));
    await city.serve();
    invitation = await city.run("members", "invite", "sz-longgang", ...longgang);
    member = await installAgent(invitation);
  });
  afterAll(() => Promise.all([member?.close(), city.close()]));

  it("begins with an invitation, and a request that is made once and may be sent again", async () => {
    const first = await receipt("enrol");
    expect(first).toMatchObject({ node: "sz-longgang", state: "pending" });
    expect(await receipt("enrol")).toEqual(first);
    fingerprint = first.fingerprint;
    expect(await city.run("members", "requests")).toContain(fingerprint);
  });

  it("on an invitation that somebody else has used is refused", async () => {
    const thief = await installAgent(invitation);
    await expect(thief.run("enrol")).rejects.toThrow("enrolment.voucher-used");
    await thief.close();
  });

  it("is not approved by a wrong fingerprint, nor by none", async () => {
    const approve = (...args: string[]) => city.run("members", "approve", "sz-longgang", ...args);
    await expect(approve()).rejects.toThrow("--fingerprint");
    await expect(approve("--fingerprint", "1234-5678-9012-3456-7890")).rejects.toThrow("no request has");
    expect(await city.run("members", "list")).not.toContain("sz-longgang");
  });

  it("of two operators who approve at once one is told, and one version is published", async () => {
    const approve = () => city.run("members", "approve", "sz-longgang", "--fingerprint", fingerprint);
    const both = await Promise.allSettled([approve(), approve()]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const list = await city.run("members", "list");
    expect(list).toMatch(/^version · 版本 2\t/);
    expect(list, "with the key that answers to it are sealed to").toMatch(/\tencryption [\w-]{43} from /);
  });

  it("is a member: asks and answers", async () => {
    await member.serve();
    await expect
      .poll(lookUp, { timeout: 20_000, interval: 200 })
      .toMatchObject({ status: 200, body: { results: [{ node: "sz-longgang" }] } });
    const doctor = () => member.run("doctor").catch(() => "");
    await expect.poll(doctor, { timeout: 20_000, interval: 200 }).toContain("sz-longgang\t");
    keyId = (await doctor()).split("\n")[0]?.split("\t")[2] ?? "";
  });

  it("goes on under a new key that the old one endorsed, without a restart", async () => {
    await member.run("rotate-key", "--suite", "es256");
    await city.run("members", "approve", "sz-longgang", "--lead-seconds", "0", "--overlap-seconds", "0");
    const listedKeys = async () => (await city.run("members", "list")).split("\n").at(-1);
    expect(await listedKeys()).toContain(keyId);
    const current = async () => {
      const { body } = Object(await askLocally(member, sampleLookup()));
      const file = JSON.parse(await readFile(join(member.home, "keys", "signing.jwk.json"), "utf8"));
      return { kty: file.kty, results: body.results };
    };
    await expect.poll(current, { timeout: 20_000, interval: 200 }).toMatchObject({
      kty: "EC",
      results: [{ node: "sz-longgang", code: "source.item-not-held" }],
    });
  });

  it("changes its key as often as it likes", async () => {
    const before = await readFile(join(member.home, "keys", "signing.jwk.json"), "utf8");
    await member.run("rotate-key", "--suite", "es256");
    await city.run("members", "approve", "sz-longgang", "--lead-seconds", "0", "--overlap-seconds", "0");
    const changed = async () =>
      (await readFile(join(member.home, "keys", "signing.jwk.json"), "utf8")) !== before;
    await expect.poll(changed, { timeout: 40_000, interval: 200 }).toBe(true);
    await expect.poll(lookUp, { timeout: 20_000, interval: 200 }).toMatchObject({ status: 200 });
  });

  it("is told that the key it had is rotated away, when it signs with that one", async () => {
    const stale = await readRetired(member);
    await member.stop();
    await swapKey(member, stale);
    await member.serve();
    expect(await lookUp()).toMatchObject({ status: 401, body: { code: "signature.key-rotated-away" } });
    await member.stop();
    await swapKey(member, stale);
    await member.serve();
    expect(await lookUp()).toMatchObject({ status: 200 });
  });

  it("is suspended and resumed within seconds", async () => {
    await city.run("members", "suspend", "sz-longgang");
    await expect.poll(lookUp, { timeout: 20_000, interval: 200 }).toMatchObject({
      status: 403,
      body: { code: "policy.member-not-active", facts: { status: "suspended" } },
    });
    await city.run("members", "resume", "sz-longgang");
    await expect.poll(lookUp, { timeout: 20_000, interval: 200 }).toMatchObject({ status: 200 });
  });

  it("with its key revoked in an emergency cannot ask, until it is invited anew", async () => {
    await city.run("members", "revoke-key", "sz-longgang", "--all");
    await expect
      .poll(lookUp, { timeout: 20_000, interval: 200 })
      .toMatchObject({ status: 401, body: { code: "signature.key-expired" } });
    await member.close();
    member = await installAgent(await city.run("members", "invite", "sz-longgang", ...longgang));
    const { fingerprint } = await receipt("enrol");
    await city.run("members", "approve", "sz-longgang", "--fingerprint", fingerprint);
    await member.serve();
    await expect.poll(lookUp, { timeout: 20_000, interval: 200 }).toMatchObject({ status: 200 });
  });

  it("ends when it leaves", async () => {
    await city.run("members", "remove", "sz-longgang");
    await expect.poll(lookUp, { timeout: 20_000, interval: 200 }).toMatchObject({ status: 403 });
  });

  it("stands in the log, step by step", async () => {
    const steps = (await log()).flatMap((entry) => {
      if (!("node" in entry)) return [];
      const what = "change" in entry ? entry.change : "decision" in entry ? entry.decision : entry.kind;
      return entry.node === "sz-longgang" ? [what] : [];
    });
    // An operator's word and the version it has led to are found in either order.
    expect(steps.filter((step) => step === "approved")).toHaveLength(4);
    expect(steps.filter((step) => step !== "approved")).toEqual([
      ...["member.invited", "enrolment.requested", "admitted", "key-added"],
      ...["enrolment.requested", "key-added", "key-ended"],
      ...["enrolment.requested", "key-added", "key-ended"],
      ...["suspended", "resumed", "amended", "key-ended"],
      ...["member.invited", "enrolment.requested", "amended", "key-added"],
      "left",
    ]);
  });

  it("asked for in a way that cannot be read is refused and logged", async () => {
    const post = async (body: string, type = "application/jose") => {
      const reply = await request(`${city.origin}/v1/enrolments`, {
        method: "POST",
        headers: { "content-type": type },
        body,
      });
      return problemSchema.parse(await reply.body.json()).code;
    };
    expect(await post("nothing")).toBe("enrolment.malformed");
    expect(await post("{}", "application/json")).toBe("request.media-type");
    expect(await post("x".repeat(40_000))).toBe("request.body-too-large");
    const codes = (await log()).flatMap((entry) => (entry.kind === "request.refused" ? [entry.code] : []));
    expect(codes).toContain("enrolment.malformed");
  });
});

async function readRetired({ home }: Installation): Promise<string> {
  const name = (await readdir(join(home, "keys"))).find((file) => file.includes("retired")) ?? "";
  return join(home, "keys", name);
}

/** Puts another key in the place of the one in use, and that one in its place. */
async function swapKey({ home }: Installation, other: string): Promise<void> {
  const file = join(home, "keys", "signing.jwk.json");
  const [mine, theirs] = [await readFile(file, "utf8"), await readFile(other, "utf8")];
  await writeFile(file, theirs);
  await writeFile(other, mine);
}
