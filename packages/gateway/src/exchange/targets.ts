import type { Lookup } from "@xinqiao/protocol/exchange";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";

/** One jurisdiction asked and the member that answers for it. */
export interface Target {
  readonly jurisdiction: Jurisdiction;
  readonly member: Member;
}

/** Exactly one target for every jurisdiction asked, in the order asked. */
export function pickTargets(
  asked: Lookup["jurisdictions"],
  directory: Directory,
): Result<readonly Target[], Fault> {
  const targets: Target[] = [];
  for (const jurisdiction of asked === "all" ? directory.jurisdictions() : new Set(asked)) {
    const member = directory.answering(jurisdiction);
    if (member === undefined) return err(fault("lookup.jurisdiction-unknown", undefined, { jurisdiction }));
    targets.push({ jurisdiction, member });
  }
  return ok(targets);
}
