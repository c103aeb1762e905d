import type { Lookup } from "@xinqiao/protocol/exchange";
import type { Jurisdiction, NodeId } from "@xinqiao/protocol/identity";
import { maxOutcomeRows } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";

/** One jurisdiction asked and the member that answers for it. */
export interface Target {
  readonly jurisdiction: Jurisdiction;
  readonly member: Member;
  /** The other city through whose gateway it is asked. */
  readonly via?: NodeId;
}

/** Exactly one target for every jurisdiction asked, in the order asked. */
export function pickTargets(
  asked: Lookup["jurisdictions"],
  directory: Directory,
): Result<readonly Target[], Fault> {
  const targets: Target[] = [];
  const wanted = asked === "all" ? directory.jurisdictions() : [...new Set(asked)];
  // So many rows always fit into one entry: before anything leaves it is sure that what came of it can be logged.
  if (wanted.length > maxOutcomeRows)
    return err(fault("lookup.too-many-jurisdictions", undefined, { most: maxOutcomeRows }));
  for (const [place, jurisdiction] of wanted.entries()) {
    const member = directory.answering(jurisdiction);
    // Its place and not what was typed there: errors are logged.
    if (member === undefined)
      return err(fault("lookup.jurisdiction-unknown", undefined, { jurisdiction: place }));
    const via = directory.peerOf(member.node)?.city;
    targets.push({ jurisdiction, member, ...(via !== undefined && { via }) });
  }
  return ok(targets);
}
