import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Member } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { replaceFile } from "@xinqiao/runtime/files";
import { createEncryptionKeyFile } from "@xinqiao/runtime/keys";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { z } from "zod";
import { configFileName, loadConfig } from "../config/index.ts";

/**
 * Makes a key for answers to be sealed to, in place of the one there was, which stays held for what is still sealed to
 * it. Returns the member's entry with the new key, for the city to list.
 */
export async function renewEncryptionKey(home: string, now: number): Promise<Member> {
  const config = await loadConfig(home);
  const listed = (await readRegistryFile(config.registry, now))?.directory.member(config.node);
  if (listed === undefined) {
    throw new CommandError(
      "this member is not in the registry it holds: be admitted and run `serve` first · 尚未登记，请先入网并运行 serve",
    );
  }
  const name = `keys/encryption-${new Date(now).toISOString().replaceAll(/\D/g, "")}.jwk.json`;
  const jwk = await createEncryptionKeyFile(join(home, name));
  await useKey(join(home, configFileName), name);
  return { ...listed, encryptionKeys: [{ jwk, notBefore: new Date(now).toISOString() }] };
}

const fileSchema = z.looseObject({
  encryptionKey: z.string().optional(),
  retiredEncryptionKeys: z.array(z.string()).default([]),
});

/** Changes the two settings and nothing else of what the operator wrote; whole or not at all. */
async function useKey(file: string, name: string): Promise<void> {
  const { encryptionKey, retiredEncryptionKeys, ...rest } = fileSchema.parse(
    JSON.parse(await readFile(file, "utf8")),
  );
  const retired = encryptionKey === undefined ? [] : [encryptionKey];
  const changed = {
    ...rest,
    encryptionKey: name,
    retiredEncryptionKeys: [...retired, ...retiredEncryptionKeys],
  };
  await replaceFile(file, `${JSON.stringify(changed, null, 2)}\n`, 0o600);
}
