import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  generatePrivateJwk,
  importSigner,
  type PrivateJwk,
  publicOf,
  type Signer,
  type SuiteName,
} from "@xinqiao/protocol/keys";
import { type Member, registryDocumentSchema, registryHash, signRegistry } from "@xinqiao/protocol/registry";

/** A city's registry as a test publishes it. */
export interface TestRegistry {
  /** What members pin. */
  readonly keyId: string;
  /** Its own key: it signs the city's catalogue too. */
  readonly signer: Signer;
  /** What the city's log signs its checkpoints with. */
  readonly logJwk: PrivateJwk;
  /** Signs the next version, with more claims where given, puts it into the folder and gives its text. */
  publish(members: readonly Member[], claims?: object): Promise<string>;
}

/**
 * @param folder of the versions, as a gateway reads them
 * @param suite of the registry's key; with SM2 it lists all suites
 */
export function createTestRegistry(city: string, folder: string, suite: SuiteName = "ed25519"): TestRegistry {
  const jwk = generatePrivateJwk(suite);
  const logJwk = generatePrivateJwk(suite);
  const since = "2020-01-01T00:00:00.000Z";
  const suites = suite === "sm2" ? { suites: ["ed25519", "es256", "sm2"] } : {};
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  let version = 0;
  let prev: string | null = null;
  return {
    keyId: signer.value.keyId,
    signer: signer.value,
    logJwk,
    async publish(members, claims = {}) {
      version += 1;
      const iat = Math.floor(Date.now() / 1000) - 1;
      const document = registryDocumentSchema.parse({
        iss: city,
        version,
        prev,
        iat,
        exp: iat + 86_400,
        grace: 86_400,
        keys: [{ jwk: publicOf(jwk), notBefore: since }],
        log: [{ jwk: publicOf(logJwk), notBefore: since }],
        ...suites,
        members,
        ...claims,
      });
      const text = await signRegistry(document, signer.value);
      prev = registryHash(text);
      await mkdir(folder, { recursive: true });
      // Moved into place, as the product does: a gateway that looks meanwhile must not see half of it.
      await writeFile(join(folder, "draft"), `${text}\n`);
      await rename(join(folder, "draft"), join(folder, `${version}.jws`));
      return text;
    },
  };
}
