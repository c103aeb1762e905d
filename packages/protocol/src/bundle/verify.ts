import { nodeOf, openCheckpoint, type SignedCheckpoint } from "../checkpoint/index.ts";
import type { KeptRequest } from "../evidence/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type NoteVerifier, noteKey, noteVerifier, parseVerifierKey } from "../note/index.ts";
import type { Directory } from "../registry/index.ts";
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
  const log = readKey(originKey);
  if (log === undefined) {
    findings.wrong("所给的不是日志公钥", "the key given is no log's key");
    return;
  }
  const bundle = readBundle(text);
  if (!bundle.ok) {
    findings.wrong(bundle.error.zh, bundle.error.en);
    return;
  }
  const opened = openCheckpoint(bundle.value.checkpoint, log.pinned.key.name, [log.pinned]);
  if (opened.ok) verifyUnder(bundle.value, { ...log, signed: opened.value }, findings);
  else findings.wrong("检查点不是该日志签名的", "the checkpoint is not signed by that log");
}

interface Pinned {
  readonly city: NodeId;
  readonly pinned: NoteVerifier;
}

function readKey(text: string): Pinned | undefined {
  const key = parseVerifierKey(text.trim());
  if (!key.ok || key.value.use !== "signature") return undefined;
  const { name, jwk } = key.value;
  const city = nodeOf(name);
  return city && { city, pinned: noteVerifier(noteKey("signature", name, jwk)) };
}

function verifyUnder(
  bundle: Bundle,
  { city, pinned, signed }: Pinned & { readonly signed: SignedCheckpoint },
  findings: Findings,
): void {
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
    findings.wrong("包内没有成员清单", "there is no registry in the bundle");
    return;
  }
  checkCosigners(note, { city, pinned, registry: newest.own }, findings);
  checkOwn(entries.own, city, parties, findings);
}

/** Entries of the exchange, each with what was kept beside it. */
function checkOwn(own: readonly ProvedEntry[], city: NodeId, parties: Parties, findings: Findings): void {
  const intents = new Map<number, CheckedIntent>();
  for (const proved of own) {
    const { index } = proved;
    const known = parties.before(index);
    if (known === undefined) {
      findings.wrong(`条目 ${index} 之前没有成员清单`, `no registry of before entry ${index}`);
      continue;
    }
    const at = { city, directory: known.directory };
    const opened = checkOpenings(proved, findings);
    checkStray(proved, findings);
    if (isOutcome(proved)) checkOutcome(proved, opened, { ...at, intents }, findings);
    if (!hasRequest(proved)) continue;
    const request = checkRequest(proved, opened, at, findings);
    if (isIntent(proved)) intents.set(index, { intent: proved, opened, request });
    else checkResponse(proved, { ...at, request }, findings);
  }
}

interface CheckedIntent {
  readonly intent: Intent;
  readonly opened: Opened;
  readonly request: KeptRequest | undefined;
}

interface Before {
  readonly city: NodeId;
  readonly directory: Directory;
  readonly intents: ReadonlyMap<number, CheckedIntent>;
}

function checkOutcome(
  outcome: Outcome,
  opened: Opened,
  { city, directory, intents }: Before,
  findings: Findings,
): void {
  const { index, entry } = outcome;
  const before = intents.get(entry.intent);
  if (before === undefined) {
    findings.wrong(
      `条目 ${index} 所了结的条目 ${entry.intent} 不在包内`,
      `entry ${entry.intent}, which entry ${index} closes, is not in the bundle`,
    );
    return;
  }
  const { intent, request } = before;
  checkAnswers(outcome, opened, { intent, subject: before.opened.get("subject"), directory, city }, findings);
  checkResponse(outcome, { city, directory, request }, findings);
}

/** What is never kept beside an entry of a kind was put there by somebody else. */
function checkStray(proved: ProvedEntry, findings: Findings): void {
  const { index, bundled } = proved;
  const { kept, response } = bundled;
  const stray =
    (kept?.request !== undefined && !hasRequest(proved)) ||
    (kept?.answers !== undefined && !isOutcome(proved)) ||
    (response !== undefined && (isIntent(proved) || !(hasRequest(proved) || isOutcome(proved))));
  if (!stray) return;
  findings.wrong(
    `条目 ${index} 旁有不属于它的内容`,
    `entry ${index}: there is something beside it that is not its own`,
  );
}

const isOutcome = (proved: ProvedEntry): proved is Outcome => proved.entry.kind === "lookup.outcome";
const isIntent = (proved: ProvedEntry): proved is Intent => proved.entry.kind === "lookup.intent";
const hasRequest = ({ entry: { kind } }: ProvedEntry) =>
  kind === "lookup.intent" || kind === "lookup.refused" || kind === "authorisation.withdrawn";
