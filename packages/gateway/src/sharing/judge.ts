import { type Catalogue, validateFields } from "@xinqiao/protocol/catalogue";
import { recordContent } from "@xinqiao/protocol/digests";
import type { Code } from "@xinqiao/protocol/problem";
import { type CreditRecord, isGone } from "@xinqiao/protocol/record";
import type { Member } from "@xinqiao/protocol/registry";
import { isHandedOut, type OpenedPage, type Page } from "@xinqiao/protocol/sync";
import type { RefusedRecord } from "./dead-letters.ts";
import type { HeldVersion, Hub, TakenChange } from "./ports.ts";

export interface Judged {
  readonly taken: readonly TakenChange[];
  readonly refused: readonly RefusedRecord[];
  /** Records that the gateway had no version of. */
  readonly first: ReadonlySet<string>;
}

interface JudgeDependencies {
  readonly hub: Pick<Hub, "version" | "isAsSigned">;
  readonly catalogue: () => Catalogue;
}

/** Each change is taken or refused by itself: one that is bad must not hold up those behind it. */
export function judge(
  page: OpenedPage,
  { lines }: Pick<Page, "lines">,
  member: Member,
  deps: JudgeDependencies,
): Judged {
  const taken: TakenChange[] = [];
  const refused: RefusedRecord[] = [];
  const versions = new Map<string, number>();
  const first = new Set<string>();
  for (const [at, change] of page.changes.entries()) {
    const line = lines[at];
    if (change === null || line === null || line === undefined) continue;
    const { record, seq } = change;
    const held = deps.hub.version(member.node, record.id);
    const code = refusalOf(record, page, { ...deps, member, held, versions });
    if (code !== undefined) {
      const isHeld = held !== undefined && held.content === contentOf(record);
      refused.push({ seq, code, record, isHeld });
      continue;
    }
    if (held === undefined) first.add(record.id);
    versions.set(record.id, record.version);
    taken.push({ change, line });
  }
  return { taken, refused, first };
}

/** What two tellings of one version have in common, whenever the source's store was put back between them. */
export function contentOf(record: CreditRecord): string {
  return recordContent({ ...record, recordedAt: "" });
}

interface Judging extends JudgeDependencies {
  readonly member: Member;
  /** What is held of the record. */
  readonly held: HeldVersion | undefined;
  /** What came earlier in the page. */
  readonly versions: ReadonlyMap<string, number>;
}

function refusalOf(record: CreditRecord, { feed }: OpenedPage, judging: Judging): Code | undefined {
  const { catalogue, member, held, versions } = judging;
  const ofFeed = held?.feed === feed ? held : undefined;
  const before = versions.get(record.id) ?? ofFeed?.version ?? 0;
  if (record.version <= before && !isToldAgain(record, before, judging)) return "sync.version-not-newer";
  // Who may hold the one before could not be told of it.
  if (ofFeed !== undefined && ofFeed.item !== record.item) return "sync.record-invalid";
  const gone = isGone(record);
  // A source whose store was put back, or made anew from its files, knows nothing of what became of it since.
  if (!gone && record.version <= (held?.goneVersion ?? 0)) return "sync.record-gone";
  if (record.jurisdiction !== member.jurisdiction) {
    return gone && held !== undefined ? undefined : "sync.jurisdiction-foreign";
  }
  const item = catalogue().items.get(record.item);
  // Who tells of what nobody may hold copies of is of a version that knew no better, and no other code would end its telling;
  // what takes back what it told before is welcome.
  if (item !== undefined && !isHandedOut(item) && !(gone && held !== undefined)) return "sync.record-invalid";
  // What is no longer disclosed is taken back whatever the catalogue says today: it may list the item again tomorrow.
  if (gone) return undefined;
  if (item === undefined) return "sync.item-unknown";
  return validateFields(item, record.fields).ok ? undefined : "sync.record-invalid";
}

/**
 * A version that has been damaged here may be told again as it was (PR-SYNC §7). Its number alone does not tell: what it
 * said is known by its hash, but for what was taken before hashes were kept.
 */
function isToldAgain(record: CreditRecord, before: number, { hub, member, held }: Judging): boolean {
  if (held === undefined || record.version !== before || held.version !== before) return false;
  if (held.content !== null && held.content !== contentOf(record)) return false;
  return !hub.isAsSigned(member.node, record.id);
}
