import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  generatePrivateJwk,
  importSigner,
  type PublicJwk,
  privateJwkSchema,
  publicOf,
  type Signer,
} from "@xinqiao/protocol/keys";
import { ConfigError, readConfig } from "../config/index.ts";

/** Makes a signing key in a file only its owner can read; never overwrites one. Returns the public part. */
export async function createKeyFile(file: string, suite: "ed25519" | "es256"): Promise<PublicJwk> {
  const jwk = generatePrivateJwk(suite);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: "wx" });
  return publicOf(jwk);
}

export async function readPublicKey(file: string): Promise<PublicJwk> {
  return publicOf(await readConfig(privateJwkSchema, file));
}

export async function readSigner(file: string): Promise<Signer> {
  const signer = importSigner(await readConfig(privateJwkSchema, file));
  if (!signer.ok) throw new ConfigError(file, [signer.error]);
  return signer.value;
}
