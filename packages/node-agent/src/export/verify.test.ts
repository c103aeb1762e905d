import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signExportProof } from "@xinqiao/protocol/audit";
import { cosign, logOrigin, readCheckpoint, signCheckpoint, witnessName } from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { formatNote, noteKey, noteSigner } from "@xinqiao/protocol/note";
import { createDirectory, registryDocumentSchema } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Of, verifyExport } from "./index.ts";

const since = "2026-01-01T00:00:00Z";
const seconds = Date.parse("2026-03-01T00:00:00Z") / 1000;

function party(node: string, change: object = {}) {
  const jwk = generatePrivateJwk("ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const member = testMember({ node, keys: [{ jwk: publicOf(jwk), notBefore: since }], ...change });
  return { node: nodeIdSchema.parse(node), jwk: publicOf(jwk), signer: signer.value, member };
}
type Party = ReturnType<typeof party>;

const city = party("sz", { role: "city", division: "440300" });
const log = party("sz-log");
const baoan = party("sz-baoan");
const longgang = party("sz-longgang", { status: "suspended" });
const stranger = party("dg");
const members = [city, baoan, longgang].map(({ member }) => member);
const document = registryDocumentSchema.parse({
  ...{ iss: "sz", version: 1, prev: null, iat: seconds, exp: seconds + 60, grace: 0 },
  keys: [{ jwk: city.jwk, notBefore: since }],
  log: [{ jwk: log.jwk, notBefore: since }],
  members,
});

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-verify-export-"));
  file = join(folder, "lines.csv");
  await writeFile(file, "示例");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @param signed whose name a cosignature is in, and who has made it */
async function checkpointBy(signed: readonly (readonly [Party, Party])[]): Promise<string> {
  const origin = logOrigin(city.node);
  const tree = { origin, size: 8, root: Buffer.alloc(32, 1) };
  const own = noteSigner(noteKey("signature", origin, log.jwk), log.signer);
  const read = readCheckpoint(await signCheckpoint(tree, [own]));
  if (!read.ok) throw new Error("no checkpoint");
  const { text, signatures } = read.value.note;
  const cosigned = await Promise.all(
    signed.map(async ([{ node, jwk }, by]) => {
      const made = await cosign(
        text,
        noteKey("cosignature", witnessName(by.node), by.jwk),
        by.signer,
        seconds,
      );
      const key = noteKey("cosignature", witnessName(node), jwk);
      return { ...made, name: key.name, keyId: key.id };
    }),
  );
  return formatNote({ text, signatures: [...signatures, ...cosigned] });
}

async function verified(signed: readonly (readonly [Party, Party])[], quorum?: number) {
  const directory = createDirectory({ version: 1, members });
  if (!directory.ok) throw new Error("no directory");
  const root = Buffer.alloc(32, 1).toString("base64");
  const proof = await signExportProof(
    {
      ...{ iss: city.node, aud: baoan.node, iat: seconds, criteria: {}, by: [], lines: 1, index: 7 },
      entries: "A".repeat(43),
      file: { format: "csv", sha256: await sha256Of(file) },
      head: { origin: logOrigin(city.node), size: 8, root },
    },
    city.signer,
  );
  const beside = { proof, checkpoint: await checkpointBy(signed) };
  const registry = { document, directory: directory.value };
  return verifyExport(file, beside, registry, quorum === undefined ? undefined : { quorum });
}

describe("an export", () => {
  it("says who has cosigned its checkpoint: each organisation once, the city never", async () => {
    const signed = [baoan, baoan, longgang, city].map((each) => [each, each] as const);
    expect(await verified(signed)).toMatchObject({
      ok: true,
      value: { cosigners: { members: ["sz-baoan", "sz-longgang"], reached: true } },
    });
  });

  it("that nobody known has cosigned is one of the city's own word alone", async () => {
    const value = { cosigners: { members: [], reached: true, missing: 0 } };
    expect(await verified([[stranger, stranger]])).toMatchObject({ ok: true, value });
  });

  it("misses a quorum that was asked for", async () => {
    const signed = [[baoan, baoan]] as const;
    expect(await verified(signed, 1)).toMatchObject({ value: { cosigners: { reached: true } } });
    expect(await verified(signed, 2)).toMatchObject({ value: { cosigners: { reached: false, missing: 1 } } });
  });

  it("with a cosignature that its member has not made is none", async () => {
    expect(await verified([[baoan, stranger]])).toEqual({ ok: false, error: "cosignature-invalid" });
  });
});
