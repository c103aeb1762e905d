import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { ConfigError } from "../config/index.ts";
import { codeOf } from "../files/index.ts";

/**
 * Makes a path free to listen at. A socket that a daemon left behind when it was killed goes; one that is listened on,
 * and anything that is no socket, stays, and a ConfigError is thrown.
 */
export async function freeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new ConfigError(path, ["cannot be looked at: may this user use its folder?"]);
  });
  if (found === undefined) return;
  if (!found.isSocket()) throw new ConfigError(path, ["exists, and is no socket: choose another path"]);
  if (await isListenedOn(path)) {
    throw new ConfigError(path, ["another signing daemon listens here · 已有签名服务使用该地址"]);
  }
  await unlink(path);
}

function isListenedOn(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once("connect", () => {
    socket.destroy();
    resolve(true);
  });
  // Only a refusal says that nobody is there: whoever may not connect, or waits in a full queue, does not know.
  socket.once("error", (error) => resolve(codeOf(error) !== "ECONNREFUSED"));
  return promise;
}
