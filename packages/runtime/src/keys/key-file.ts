import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type AgreementKey,
  decryptionJwkSchema,
  type EncryptionJwk,
  encryptionJwkOf,
  generateDecryptionJwk,
  importDecryptionKey,
} from "@xinqiao/protocol/encryption";
import {
  generatePrivateJwk,
  importSigner,
  type PublicJwk,
  privateJwkSchema,
  publicOf,
  type Signer,
  type SuiteName,
} from "@xinqiao/protocol/keys";
import { ConfigError, readConfig } from "../config/index.ts";

/** Makes a signing key in a file only its owner can read; never overwrites one. Returns the public part. */
export async function createKeyFile(file: string, suite: SuiteName): Promise<PublicJwk> {
  const jwk = generatePrivateJwk(suite);
  await writeKey(file, jwk);
  return publicOf(jwk);
}

/** The same for a key that answers are sealed to. */
export async function createEncryptionKeyFile(file: string): Promise<EncryptionJwk> {
  const jwk = generateDecryptionJwk();
  await writeKey(file, jwk);
  return encryptionJwkOf(jwk);
}

const secretBytes = 32;

/** Makes a secret in a file only its owner can read; never overwrites one. */
export async function createSecretFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${randomBytes(secretBytes).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
}

/** Throws a ConfigError when the file holds no such secret. */
export async function readSecretFile(file: string): Promise<Buffer> {
  const text = await readFile(file, "utf8").catch(() => "");
  const secret = Buffer.from(text.trim(), "hex");
  if (secret.length !== secretBytes)
    throw new ConfigError(file, ["is not a file of 32 bytes in hexadecimal"]);
  return secret;
}

async function writeKey(file: string, jwk: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: "wx" });
}

/** A key held in this process. */
export interface LocalKey {
  readonly publicKey: PublicJwk;
  readonly signer: Signer;
}

export async function readEncryptionKey(file: string): Promise<EncryptionJwk> {
  return encryptionJwkOf(await readConfig(decryptionJwkSchema, file));
}

/** Throws a ConfigError when the file holds no usable key. */
export async function readKeyFile(file: string): Promise<LocalKey> {
  const jwk = await readConfig(privateJwkSchema, file);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new ConfigError(file, [signer.error]);
  return { publicKey: publicOf(jwk), signer: signer.value };
}

/** What is sealed to any of these files' keys can be opened: by thumbprint. */
export async function readDecryptionKeys(
  files: readonly string[],
): Promise<ReadonlyMap<string, AgreementKey>> {
  const keys = new Map<string, AgreementKey>();
  for (const file of files) {
    const key = importDecryptionKey(await readConfig(decryptionJwkSchema, file));
    if (!key.ok) throw new ConfigError(file, [key.error]);
    keys.set(key.value.keyId, key.value);
  }
  return keys;
}
