import { resolve } from "node:path";
import { thumbprintSchema } from "@xinqiao/protocol/keys";
import { z } from "zod";
import { ConfigError } from "../config/index.ts";

/** Where a signing key is: in a file of this machine, or behind a signing daemon, known by its thumbprint. */
export const keyLocationSchema = z.union([
  z.string(),
  z.strictObject({ socket: z.string(), keyId: thumbprintSchema }),
]);
export type KeyLocation = z.infer<typeof keyLocationSchema>;
export type KeyInDaemon = Exclude<KeyLocation, string>;

/** The location with its path made absolute. */
export function absoluteKey(location: KeyLocation, folder: string): KeyLocation {
  if (typeof location === "string") return resolve(folder, location);
  return { ...location, socket: resolve(folder, location.socket) };
}

/** The file, for what cannot be done with a key elsewhere. Throws a ConfigError. */
export function keyFileOf(location: KeyLocation): string {
  if (typeof location === "string") return location;
  throw new ConfigError(location.socket, [
    "the key is behind a signing daemon, and this needs it in a file · 密钥在签名服务中，此操作需要密钥文件",
  ]);
}
