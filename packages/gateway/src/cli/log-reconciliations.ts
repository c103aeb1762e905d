import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { reconciliationTables } from "@xinqiao/runtime/audit";
import { countOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { openReconciliations } from "../store/sqlite/index.ts";

export interface ReconciliationsOptions {
  readonly home: string;
  readonly member?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** How members' books compared with the log, from this machine's files, and who has not compared for long. */
export async function reconciliations(options: ReconciliationsOptions, now: () => number): Promise<string> {
  const limit = countOf("--limit", options.limit);
  const config = await loadConfig(options.home);
  const member = nodeIdSchema.optional().parse(options.member);
  const { document } = await openRegistryFolder(config.registry, now).newest();
  const kept = openReconciliations(config.reconciliations);
  try {
    const compared = kept.list({ member, limit });
    if (options.json) return compared.map((one) => JSON.stringify(one)).join("\n");
    const newest = kept.newest();
    const others = document.members.filter(({ node, status }) => status === "active" && node !== config.node);
    return reconciliationTables({
      reconciliations: compared.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
      newest: others.map(({ node }) => ({ member: node, interval: newest.get(node) ?? null })),
    });
  } finally {
    kept.close();
  }
}
