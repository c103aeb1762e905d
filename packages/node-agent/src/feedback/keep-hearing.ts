import { err, ok } from "@xinqiao/protocol/result";
import type { CallError } from "../lookup/index.ts";
import { keepDoing } from "../loop/index.ts";
import { type HearDependencies, hearRevocations } from "./hear.ts";

export interface RevocationEvents {
  /** The city asks this member to revoke so many measures. */
  revocationsAsked(count: number): void;
  /** The first of several in a row. */
  revocationsFault(reason: CallError): void;
  failed(error: unknown): void;
}

/** Between questions that nothing came of: the gateway itself waits while there is nothing. */
const askEveryMs = 100;

/** Hears from now on what this member is asked to revoke. @returns what ends it */
export function keepHearing(
  deps: HearDependencies & { readonly events: RevocationEvents },
): () => Promise<void> {
  const { events } = deps;
  // An auditor reads the log and acts upon no record.
  const actsUponNone = () => deps.directory().member(deps.node)?.role === "auditor";
  const hear = async (signal: AbortSignal) => {
    if (actsUponNone()) return ok({ again: false });
    const heard = await hearRevocations(deps, signal);
    if (!heard.ok) return heard;
    if (heard.value.asked > 0) events.revocationsAsked(heard.value.asked);
    return heard.value.fault === undefined ? ok({ again: heard.value.again }) : err(heard.value.fault);
  };
  return keepDoing(hear, askEveryMs, { onFault: events.revocationsFault, onError: events.failed });
}
