import { ConfigError } from "@xinqiao/runtime/config";
import { readSecretFile } from "@xinqiao/runtime/keys";

/** The key of the tags by which what is kept about a subject is found. Throws a ConfigError that says how to get one. */
export async function readTagKey(file: string): Promise<Uint8Array> {
  return readSecretFile(file).catch(() => {
    throw new ConfigError(file, [
      "is not there or holds no key, and without it nothing kept about a subject is found or erased: restore it from where it is kept apart; a gateway that never had one makes it with `(umask 077; openssl rand -hex 32 > FILE)` · 缺少主体标签密钥：请从离线保管处恢复；从未有过的网关用上述命令生成",
    ]);
  });
}
