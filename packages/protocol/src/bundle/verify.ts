import { nodeOf, openCheckpoint, type SignedCheckpoint } from "../checkpoint/index.ts";
import type { KeptRequest } from "../evidence/index.ts";
import type { NodeId } from "../identity/index.ts";
import { noteKey, noteVerifier, parseVerifierKey } from "../note/index.ts";
import { checkAnswers, type Intent, type Outcome } from "./answers.ts";
import { type Bundle, readBundle } from "./bundle.ts";
import { checkCosigners } from "./cosigners.ts";
import { collectFindings, type Finding, type Findings } from "./finding.ts";
import { checkOpenings, type Opened } from "./openings.ts";
import { type Parties, readParties } from "./parties.ts";
import { type ProvedEntry, readEntries } from "./read-entries.ts";
import { checkRequest } from "./request.ts";
import { checkResponse } from "./response.ts";

export interface BundleReport {
  /** Nothing in it is wrong; what is missing, the findings say. */
  readonly sound: boolean;
  readonly findings: readonly Finding[];
}

/**
 * What a bundle shows, by itself: whoever holds the log's key, by any way but the bundle, needs nothing else.
 * @param originKey the log's verifier key (C2SP signed-note), as `xinqiao-gateway log key` prints it
 */
export function verifyBundle(text: string, originKey: string): BundleReport {
  const findings = collectFindings();
  verify(text, originKey, findings);
  return { sound: findings.all.every(({ kind }) => kind !== "wrong"), findings: findings.all };
}

function verify(text: string, originKey: string, findings: Findings): void {
  const key = parseVerifierKey(originKey.trim());
  const city = key.ok ? nodeOf(key.value.name) : undefined;
  if (!key.ok || city === undefined || key.value.use !== "signature") {
    return findings.wrong("所给的不是日志公钥", "the key given is no log's key");
  }
  const bundle = readBundle(text);
  if (!bundle.ok) return findings.wrong(bundle.error.zh, bundle.error.en);
  const pinned = noteVerifier(noteKey("signature", key.value.name, key.value.jwk));
  const opened = openCheckpoint(bundle.value.checkpoint, key.value.name, [pinned]);
  if (!opened.ok) {
    return findings.wrong("检查点不是该日志签名的", "the checkpoint is not signed by that log");
  }
  verifyUnder(bundle.value, { city, pinned, signed: opened.value }, findings);
}

interface Under {
  readonly city: NodeId;
  readonly pinned: ReturnType<typeof noteVerifier>;
  readonly signed: SignedCheckpoint;
}

function verifyUnder(bundle: Bundle, { city, pinned, signed }: Under, findings: Findings): void {
  const { checkpoint, note } = signed;
  const entries = readEntries(bundle, checkpoint, findings);
  if (entries === undefined) return;
  for (const { index, entry } of entries.own) {
    findings.proved(
      `条目 ${index}（${entry.kind}，${entry.at}）在 ${city} 的日志中，检查点含 ${checkpoint.size} 条`,
      `entry ${index} (${entry.kind}, ${entry.at}) stands in the log of ${city}, under a checkpoint of ${checkpoint.size} entries`,
    );
  }
  const parties = readParties(city, entries.taken, bundle.registries, findings);
  if (parties === undefined) return;
  const newest = parties.before(checkpoint.size);
  if (newest === undefined) {
    return findings.wrong("包内没有成员清单", "there is no registry in the bundle");
  }
  checkCosigners(note, { city, pinned, registry: newest.own }, findings);
  checkOwn(entries.own, city, parties, findings);
}

/** Entries of the exchange, each with what was kept beside it. */
function checkOwn(own: readonly ProvedEntry[], city: NodeId, parties: Parties, findings: Findings): void {
  const intents = new Map<number, Checked>();
  for (const proved of own) {
    const known = parties.before(proved.index);
    if (known === undefined) {
      findings.wrong(`条目 ${proved.index} 之前没有成员清单`, `no registry of before entry ${proved.index}`);
      continue;
    }
    const { directory } = known;
    const opened = checkOpenings(proved, findings);
    if (isOutcome(proved)) {
      const before = intents.get(proved.entry.intent);
      checkOutcome(proved, { opened, before, city, directory }, findings);
      continue;
    }
    if (!hasRequest(proved)) {
      checkBare(proved, findings);
      continue;
    }
    const request = checkRequest(proved, opened, { city, directory }, findings);
    if (proved.bundled.kept?.answers !== undefined) stray(proved, findings);
    if (isIntent(proved)) {
      intents.set(proved.index, { intent: proved, opened, request });
      if (proved.bundled.response !== undefined) stray(proved, findings);
    } else checkResponse(proved, { city, directory, request }, findings);
  }
}

interface Checked {
  readonly intent: Intent;
  readonly opened: Opened;
  readonly request: KeptRequest | undefined;
}

function checkOutcome(
  outcome: Outcome,
  {
    opened,
    before,
    city,
    directory,
  }: {
    readonly opened: Opened;
    readonly before: Checked | undefined;
    readonly city: NodeId;
    readonly directory: Parameters<typeof checkResponse>[1]["directory"];
  },
  findings: Findings,
): void {
  if (before === undefined) {
    const { index, entry } = outcome;
    findings.wrong(
      `条目 ${index} 所了结的条目 ${entry.intent} 不在包内`,
      `entry ${entry.intent}, which entry ${index} closes, is not in the bundle`,
    );
    return;
  }
  if (outcome.bundled.kept?.request !== undefined) stray(outcome, findings);
  const subject = before.opened.get("subject");
  checkAnswers(outcome, opened, { intent: before.intent, subject, directory }, findings);
  checkResponse(outcome, { city, directory, request: before.request }, findings);
}

/** Nothing is kept beside such an entry: what a bundle shows there was put there. */
function checkBare(proved: ProvedEntry, findings: Findings): void {
  const { kept, response } = proved.bundled;
  if (kept?.request || kept?.answers || response) stray(proved, findings);
}

function stray({ index }: ProvedEntry, findings: Findings): void {
  findings.wrong(
    `条目 ${index} 旁有不属于它的内容`,
    `entry ${index}: there is something beside it that is not its own`,
  );
}

const isOutcome = (proved: ProvedEntry): proved is Outcome => proved.entry.kind === "lookup.outcome";
const isIntent = (proved: ProvedEntry): proved is Intent => proved.entry.kind === "lookup.intent";
const hasRequest = ({ entry: { kind } }: ProvedEntry) =>
  kind === "lookup.intent" || kind === "lookup.refused" || kind === "authorisation.withdrawn";
