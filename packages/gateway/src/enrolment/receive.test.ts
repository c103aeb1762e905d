import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint, invitationSchema, signEnrolment, signInvitation } from "@xinqiao/protocol/enrolment";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { createDirectory } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import { type EnrolmentQueue, openEnrolmentFolder, receiveEnrolment } from "./index.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const seconds = now / 1000;
const registryKey = makeKey();
const { node: city } = testMember({ node: "sz" });

function makeKey() {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { jwk: publicOf(jwk), signer: signer.value };
}

async function invited(): Promise<string> {
  const invitation = invitationSchema.parse({
    iss: city,
    origin: "https://gateway.example",
    registryKey: registryKey.signer.keyId,
    jti: randomUUID(),
    iat: seconds,
    exp: seconds + 3_600,
    node: "sz-longgang",
    name: { zh: "示例区", en: "Example" },
    role: "district",
    division: "440307",
    scope: { items: "all", purposes: "all" },
  });
  return signInvitation(invitation, registryKey.signer);
}

async function request(invitation: string): Promise<string> {
  const key = makeKey();
  return signEnrolment({ aud: city, iat: seconds, voucher: { invitation }, key: key.jwk }, key.signer);
}

describe("an enrolment", () => {
  let folder: string;
  let queue: EnrolmentQueue;
  let log: MemoryAuditLog;
  const receive = (text: string) =>
    receiveEnrolment(text, { context, queue, log, catchUp: async () => {}, now: () => now });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-enrolments-"));
    queue = openEnrolmentFolder(folder);
    log = createMemoryAuditLog({ origin: "sz", now: () => now, randomBytes });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function context() {
    const directory = createDirectory({ version: 1, members: [] });
    if (!directory.ok) throw new Error(directory.error.join());
    const keys = [{ jwk: registryKey.jwk, notBefore: "2026-01-01T00:00:00Z" }];
    return { city, keys, directory: directory.value };
  }

  it("waits for an operator, and is in the log before it is said to be received", async () => {
    const text = await request(await invited());
    expect(await receive(text)).toMatchObject({
      ok: true,
      value: { node: "sz-longgang", state: "pending", fingerprint: fingerprint(text) },
    });
    expect(log.entries()).toMatchObject([
      { kind: "enrolment.requested", node: "sz-longgang", by: "invitation" },
    ]);
    expect(await queue.pending()).toMatchObject([{ text }]);
  });

  it("is the same one when it is sent again, and logged once", async () => {
    const text = await request(await invited());
    const first = await receive(text);
    expect(await receive(text)).toEqual(first);
    expect(log.entries()).toHaveLength(1);
  });

  it("cannot be made twice on one invitation, not even at once", async () => {
    const invitation = await invited();
    const texts = await Promise.all(Array.from({ length: 8 }, () => request(invitation)));
    const received = await Promise.all(texts.map(receive));
    expect(received.filter(({ ok }) => ok)).toHaveLength(1);
    for (const each of received) if (!each.ok) expect(each.error.code).toBe("enrolment.voucher-used");
    expect(await queue.pending()).toHaveLength(1);
    expect(log.entries()).toHaveLength(1);
  });

  it.each(["approved", "rejected"] as const)(
    "once %s stays so, and its invitation used",
    async (decision) => {
      const invitation = await invited();
      const text = await request(invitation);
      const received = await receive(text);
      if (received.ok)
        await queue.decide({ id: received.value.enrolment, node: received.value.node }, decision);
      await expect(receive(text)).resolves.toMatchObject({ value: { state: decision } });
      expect(await receive(await request(invitation))).toMatchObject({
        error: { code: "enrolment.voucher-used" },
      });
      expect(await queue.pending()).toEqual([]);
    },
  );

  it("that was kept but not logged, because the gateway died between the two, is logged when it comes again", async () => {
    const text = await request(await invited());
    log.fail("log.unavailable");
    expect(await receive(text)).toMatchObject({ ok: false, error: { code: "log.unavailable" } });
    log.fail();
    expect(await receive(text)).toMatchObject({ ok: true });
    expect(log.entries()).toHaveLength(1);
  });
});
