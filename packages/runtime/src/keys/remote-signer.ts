import { importVerifier, type PublicJwk, type Signer, thumbprint } from "@xinqiao/protocol/keys";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { Pool } from "undici";
import { ConfigError } from "../config/index.ts";
import { keyListSchema, keysPath, refusalSchema, signPath } from "./daemon-wire.ts";
import type { KeyInDaemon } from "./location.ts";

/** Longest one signature may take, in milliseconds. */
const limitMs = 2_000;

/** Signatures under way at once; more wait, inside their own time. */
const connections = 8;

/** The public part of a key behind a daemon. Throws a ConfigError when the daemon is away or does not hold it. */
export async function findRemoteKey(location: KeyInDaemon): Promise<PublicJwk> {
  const pool = openPool(location, limitMs);
  try {
    return await find(pool, location, limitMs);
  } finally {
    await pool.destroy();
  }
}

/**
 * A signer whose key is behind a daemon. Throws a ConfigError when the daemon is away now; one that goes away later
 * makes `sign` reject with `key.unavailable`, until it is back. Idle connections hold up no process's end.
 */
export async function openRemoteSigner(location: KeyInDaemon, withinMs: number = limitMs): Promise<Signer> {
  const pool = openPool(location, withinMs);
  const verifier = importVerifier(await find(pool, location, withinMs));
  if (!verifier.ok) throw new ConfigError(location.socket, [verifier.error]);
  const { keyId, suite } = verifier.value;
  let proven = false;
  return {
    keyId,
    suite,
    async sign(message) {
      const signature = await ask(pool, signPath(keyId, suite.name), message, withinMs);
      // One that signs with another key than it lists is found here, before anybody sees what it signed.
      if (!proven && !verifier.value.verify(message, signature)) throw unavailable("signature-invalid");
      proven = true;
      return signature;
    },
  };
}

function openPool({ socket }: KeyInDaemon, withinMs: number): Pool {
  return new Pool("http://signer", {
    socketPath: socket,
    connections,
    pipelining: 1,
    connect: { timeout: withinMs },
    headersTimeout: withinMs,
    bodyTimeout: withinMs,
  });
}

async function find(pool: Pool, { socket, keyId }: KeyInDaemon, withinMs: number): Promise<PublicJwk> {
  const text = await ask(pool, keysPath, undefined, withinMs).catch((error: unknown) => {
    const reason = error instanceof FaultError ? error.fault.facts?.reason : error;
    throw new ConfigError(socket, [
      `no signing daemon answers (${reason}): is \`signer serve\` running, and may this user use its socket? · 签名服务未响应`,
    ]);
  });
  const list = keyListSchema.safeParse(parse(text)).data;
  if (list === undefined) throw new ConfigError(socket, ["what answers is no signing daemon · 非签名服务"]);
  const found = list.keys.find(({ publicKey }) => thumbprint(publicKey) === keyId);
  if (found === undefined) {
    throw new ConfigError(socket, [`the signing daemon holds no key ${keyId} · 签名服务中没有该密钥`]);
  }
  return found.publicKey;
}

/** One request over the socket; rejects with `key.unavailable` and never later than `withinMs`. */
async function ask(
  pool: Pool,
  path: string,
  data: Uint8Array | undefined,
  withinMs: number,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(withinMs);
  const send = async () => {
    const { statusCode, body } = await pool.request({
      method: data === undefined ? "GET" : "POST",
      path,
      ...(data !== undefined && { body: data, headers: { "content-type": "application/octet-stream" } }),
      signal,
    });
    return { status: statusCode, body: await body.bytes() };
  };
  // A kept connection may be one to a daemon that is gone. Signing twice does no harm.
  const again = (error: unknown) => (broken.has(nameOf(error)) ? send() : Promise.reject(error));
  const reply = await send()
    .catch(again)
    .catch((error: unknown) => Promise.reject(unavailable(nameOf(error))));
  if (reply.status === 200) return reply.body;
  throw unavailable(refusalSchema.safeParse(parse(reply.body)).data?.rv ?? `status ${reply.status}`);
}

const broken: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "UND_ERR_SOCKET"]);

function unavailable(reason: string): FaultError {
  return new FaultError(fault("key.unavailable", undefined, { reason }));
}

/** The code or name only: messages hold paths. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
