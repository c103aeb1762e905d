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
  const wanted = asked === "all" ? directory.jurisdictions() : [...new Set(asked)];
  for (const [place, jurisdiction] of wanted.entries()) {
    const member = directory.answering(jurisdiction);
    // Its place and not what was typed there: errors are logged.
    if (member === undefined)
      return err(fault("lookup.jurisdiction-unknown", undefined, { jurisdiction: place }));
    targets.push({ jurisdiction, member });
  }
  return ok(targets);
}
