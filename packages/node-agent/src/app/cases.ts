import { ok } from "@xinqiao/protocol/result";
import { type CaseDependencies, followCases } from "../cases/index.ts";
import type { AgentConfig } from "../config/index.ts";
import { keepDoing } from "../loop/index.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

type CaseParts = Omit<Shared, "config" | "inFlight" | "source"> & Pick<LocalParts, "client" | "store">;

export function caseDependencies(
  { node, gateway }: Pick<AgentConfig, "node" | "gateway">,
  { client, city, store, events, ...deps }: CaseParts,
): CaseDependencies {
  const call = callOf({ node, gateway }, { ...deps, city, client });
  return { call, shelf: store.cases, own: store.own, onStep: events.caseStepped };
}

/** Between questions that nothing came of: the gateway itself waits while there is nothing. */
const askEveryMs = 200;

/** Who tells others of its records, or has raised a case, hears of what becomes of cases. @returns what ends it */
export function hearCases(config: AgentConfig, parts: CaseParts): () => Promise<void> {
  const deps = caseDependencies(config, parts);
  const { events, store } = parts;
  const tells = config.sharing.publish !== false;
  const hear = async (signal: AbortSignal) =>
    tells || store.cases.any() ? followCases(deps, signal) : ok({ again: false });
  return keepDoing(hear, askEveryMs, { onFault: events.casesFault, onError: events.failed });
}
