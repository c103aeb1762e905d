import { type SuiteName, thumbprint } from "@xinqiao/protocol/keys";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import {
  createKeyFile,
  keyFileOf,
  nextKeyFile,
  readPublicKey,
  readSigner,
  replaceKeyFile,
} from "@xinqiao/runtime/keys";
import { loadConfig } from "../config/index.ts";
import { signCatalogueAnew } from "./catalogue-publishing.ts";
import { openForPublishing } from "./publishing.ts";
import { refuseUnlisted } from "./suites.ts";

/** The thumbprint that members pin. */
export async function registryKey(home: string): Promise<string> {
  return thumbprint(await readPublicKey((await loadConfig(home)).registryKey));
}

/** Publishes the same members again, so that the registry does not reach its end. */
export async function renew(home: string, now: () => number): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  return registry.publish(() => ({}));
}

/**
 * First half of replacing the registry key (PR-REGISTRY §1): a version signed by the old one lists both. Doing it
 * again, after it broke off, uses the key that was made.
 */
export async function beginRollover(
  home: string,
  suite: SuiteName,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  const { document } = await registry.newest();
  const { keys } = document;
  refuseUnlisted(document, suite);
  const file = nextKeyFile(keyFileOf(registry.config.registryKey));
  const jwk = (await exists(file)) ? await readPublicKey(file) : await createKeyFile(file, suite);
  if (keys.some((key) => thumbprint(key.jwk) === thumbprint(jwk))) {
    throw new CommandError(
      "the new key is listed already: finish the replacement · 新密钥已列入，请完成轮换",
    );
  }
  const notBefore = new Date(now() - 1000).toISOString();
  return registry.publish(() => ({ keys: [...keys, { jwk, notBefore }] }));
}

/**
 * Second half: the catalogue is signed anew, a version of the registry signed by the new key leaves the old one out, and
 * the new one takes its file's place. Doing
 * it again, after it broke off between the two, only does what is left.
 */
export async function finishRollover(home: string, now: () => number): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  const file = keyFileOf(registry.config.registryKey);
  if (!(await exists(nextKeyFile(file)))) {
    throw new CommandError("no replacement was begun · 尚未开始轮换");
  }
  const signer = await readSigner(nextKeyFile(file));
  const { document } = await registry.newest();
  const keys = document.keys.filter(({ jwk }) => thumbprint(jwk) === signer.keyId);
  if (keys.length === 0) {
    throw new CommandError("the new key is not listed yet: begin again · 新密钥尚未列入，请重新开始轮换");
  }
  // While both keys are listed: who takes the catalogue later only knows the new one.
  await signCatalogueAnew(home, signer, now);
  const published =
    document.keys.length === keys.length ? document : await registry.publish(() => ({ keys }), signer);
  await replaceKeyFile(file, String(published.version));
  return published;
}
