import { createHash, randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  endorsementLifetimeSeconds,
  enrolmentMediaType,
  fingerprint,
  readInvitation,
  signEndorsement,
  signEnrolment,
} from "@xinqiao/protocol/enrolment";
import { type PublicJwk, type Signer, type SuiteName, thumbprint } from "@xinqiao/protocol/keys";
import { type Code, codes, FaultError, parseProblem } from "@xinqiao/protocol/problem";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists, publishFile } from "@xinqiao/runtime/files";
import {
  createKeyFile,
  type KeyLocation,
  keyFileOf,
  nextKeyFile,
  readEncryptionKey,
  readPublicKey,
  readSigner,
} from "@xinqiao/runtime/keys";
import { request } from "undici";
import { z } from "zod";
import { type AgentConfig, loadConfig } from "../config/index.ts";

/**
 * What was sent is kept, by the key and the voucher it is about: sent again after a lost reply, it must be the same to
 * the letter.
 */
function requestFile({ signingKey, invitation }: AgentConfig, key: PublicJwk, voucher: string): string {
  const folder = dirname(typeof signingKey === "string" ? signingKey : invitation);
  const name = createHash("sha256")
    .update(`${thumbprint(key)} ${voucher}`)
    .digest("hex")
    .slice(0, 16);
  return join(folder, `enrolment-${name}.jws`);
}

export interface EnrolOptions {
  readonly home: string;
  readonly json?: boolean;
}

/** Asks the city to list this member's key, on the invitation that `init` was given. */
export async function enrol({ home, json }: EnrolOptions, now: number): Promise<string> {
  const config = await loadConfig(home);
  const invitation = await readFile(config.invitation, "utf8").catch(() => undefined);
  if (invitation === undefined) {
    throw new CommandError(
      `${config.invitation} is missing: make this folder by \`init --invitation\` · 缺少邀请，请用 init --invitation 初始化`,
    );
  }
  const read = readInvitation(invitation.trim());
  if (!read.ok) throw new FaultError(read.error);
  const voucher = { invitation: invitation.trim() };
  const file = requestFile(config, await readPublicKey(config.signingKey), voucher.invitation);
  const text = await prepared(file, async () => requestOf(config, config.signingKey, voucher, now));
  return told(await send(config, file, text), text, json, invitedNext);
}

export interface RotateOptions extends EnrolOptions {
  readonly suite: SuiteName;
}

/**
 * Asks the city to list a key that is to follow the one in use, on the word of that one. The running agent changes over
 * to it once it counts.
 */
export async function rotate({ home, json, suite }: RotateOptions, now: number): Promise<string> {
  const config = await loadConfig(home);
  const file = nextKeyFile(keyFileOf(config.signingKey));
  const jwk = (await exists(file)) ? await readPublicKey(file) : await createKeyFile(file, suite);
  const kept = requestFile(config, jwk, "endorsement");
  const text = await prepared(kept, async () => {
    const endorsement = await endorse(config, jwk, await readSigner(config.signingKey), now);
    return requestOf(config, file, { endorsement }, now);
  });
  return told(await send(config, kept, text), text, json, endorsedNext);
}

function endorse(config: AgentConfig, next: PublicJwk, signer: Signer, now: number): Promise<string> {
  const iat = Math.floor(now / 1000);
  const { node, gateway } = config;
  return signEndorsement(
    {
      iss: node,
      aud: gateway.node,
      jti: randomUUID(),
      iat,
      exp: iat + endorsementLifetimeSeconds,
      next: thumbprint(next),
    },
    signer,
  );
}

async function requestOf(
  { gateway, origin, jurisdiction, encryptionKey: encryptionKeyFile }: AgentConfig,
  location: KeyLocation,
  voucher: { readonly invitation: string } | { readonly endorsement: string },
  now: number,
): Promise<string> {
  const key = await readPublicKey(location);
  const endpoint = jurisdiction === undefined ? {} : { endpoint: origin };
  const iat = Math.floor(now / 1000);
  const sealed =
    "invitation" in voucher && encryptionKeyFile !== undefined
      ? { encryptionKey: await readEncryptionKey(encryptionKeyFile) }
      : {};
  const request = { aud: gateway.node, iat, voucher, key, ...sealed, ...endpoint };
  return signEnrolment(request, await readSigner(location));
}

async function prepared(file: string, make: () => Promise<string>): Promise<string> {
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return kept.trim();
  const text = await make();
  await publishFile(file, `${text}\n`, 0o600);
  return text;
}

/** A request that comes to nothing is forgotten: the next one is another. */
async function send(config: AgentConfig, file: string, text: string): Promise<Receipt> {
  try {
    const receipt = await post(config, text);
    if (receipt.state === "rejected") await rm(file, { force: true });
    return receipt;
  } catch (error) {
    if (error instanceof RefusedError && error.code !== "enrolment.queue-full")
      await rm(file, { force: true });
    throw error;
  }
}

/** The city has refused it, and says why. */
class RefusedError extends CommandError {
  readonly code: Code;
  constructor(code: Code) {
    const { zh, en } = codes[code];
    super(`${zh} · ${en} (${code})`);
    this.code = code;
  }
}

const receiptSchema = z.object({ enrolment: z.uuid(), node: z.string(), state: z.string() });
type Receipt = z.infer<typeof receiptSchema>;

const timeoutMs = 10_000;

async function post({ gateway }: AgentConfig, body: string): Promise<Receipt> {
  const reply = await request(`${gateway.origin}/v1/enrolments`, {
    method: "POST",
    headers: { "content-type": enrolmentMediaType },
    body,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  }).catch(() => {
    throw new CommandError(`the gateway does not answer at ${gateway.origin} · 无法连接网关`);
  });
  const text = await reply.body.text();
  if (reply.statusCode === 202) return receiptSchema.parse(JSON.parse(text));
  const problem = parseProblem(text);
  if (problem === undefined)
    throw new CommandError(`the gateway answered ${reply.statusCode} · 网关返回异常`);
  throw new RefusedError(problem.code);
}

const invitedNext =
  "read it to the city's operator over the telephone; `serve` may run meanwhile · 请在电话中向市级运维读出指纹；可先运行 serve";
const endorsedNext =
  "the city approves it, no telephone is needed; a running agent changes over by itself · 由市级批准，无须电话核对；运行中的节点自动切换";

/** The fingerprint is of what was sent from here, never what the city says it received. */
function told(
  { enrolment, node, state }: Receipt,
  text: string,
  json: boolean | undefined,
  next: string,
): string {
  const own = fingerprint(text);
  if (json) return JSON.stringify({ enrolment, node, state, fingerprint: own });
  return [`${node}: ${state}`, `fingerprint · 指纹: ${own}`, next].join("\n");
}
