import type { AgentConfig } from "../config/index.ts";
import { watchFolder } from "../handover/index.ts";
import type { Shared } from "./shared.ts";

/** Last of all: an agent that cannot start takes no file. */
export function watchFiles(
  { node, store, jurisdiction, intake, identifierExceptions }: AgentConfig,
  { city, ...deps }: Pick<Shared, "city" | "now" | "events">,
): () => Promise<void> {
  const { folder } = intake;
  if (folder === undefined || jurisdiction === undefined) return async () => {};
  const exceptions = new Set(identifierExceptions);
  const task = () => {
    const { items, version } = city.catalogue();
    return { store, catalogue: { items, version }, jurisdiction, exceptions };
  };
  return watchFolder({ ...intake, folder }, { ...deps, node, task });
}
