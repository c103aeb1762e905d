import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
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
import { codes, FaultError, parseProblem } from "@xinqiao/protocol/problem";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
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

/** What was sent is kept: sent again after a lost reply, it must be the same to the letter. */
const requestFile = (keyFile: string) => `${keyFile}.enrolment.jws`;

/** Beside the key, or where the invitation lies when the key is behind a daemon. */
const firstRequestFile = ({ signingKey, invitation }: AgentConfig) =>
  requestFile(typeof signingKey === "string" ? signingKey : join(dirname(invitation), signingKey.keyId));

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
  const text = await prepared(firstRequestFile(config), async () =>
    requestOf(config, config.signingKey, { invitation: invitation.trim() }, now),
  );
  return told(await post(config, text), text, json);
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
  const text = await prepared(requestFile(file), async () => {
    const endorsement = await endorse(config, jwk, await readSigner(config.signingKey), now);
    return requestOf(config, file, { endorsement }, now);
  });
  return told(await post(config, text), text, json);
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
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
  return text;
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
  const { zh, en } = codes[problem.code];
  throw new CommandError(`${zh} · ${en} (${problem.code})`);
}

/** The fingerprint is of what was sent from here, never what the city says it received. */
function told({ enrolment, node, state }: Receipt, text: string, json: boolean | undefined): string {
  const own = fingerprint(text);
  if (json) return JSON.stringify({ enrolment, node, state, fingerprint: own });
  return [
    `${node}: ${state}`,
    `fingerprint · 指纹: ${own}`,
    "read it to the city's operator over the telephone; `serve` may run meanwhile · 请在电话中向市级运维读出指纹；可先运行 serve",
  ].join("\n");
}
