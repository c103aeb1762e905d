import { tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { type CopiesReconciled, copiesReconciledSchema } from "../copies/index.ts";
import { postLocal } from "./local-api.ts";

/** As a partial lookup: neither all well (0) nor failed (1). */
const differsExitCode = 2;

/** Compares copies with the city through the running agent, and reports. */
export async function reconcileCopies(options: {
  readonly home: string;
  readonly json?: boolean;
}): Promise<string> {
  const config = await loadConfig(options.home);
  const answered = await postLocal(config, "/v1/copies/reconciliations", {});
  const reconciled = copiesReconciledSchema.parse(JSON.parse(answered));
  if (reconciled.rows.some(({ equal }) => !equal)) process.exitCode = differsExitCode;
  return options.json ? answered : copiesReport(config.node, reconciled);
}

const titles = [
  "来源 source",
  "事项 item",
  "本节点 here",
  "市级 city",
  "仅本节点 only here",
  "仅市级 only there",
  "内容不同 otherwise",
  "被拒 refused",
  "已补齐 mended",
  "接收 received",
  "回执 applied",
  "已交付平台 acted upon",
  "现一致 equal",
];

/** A row for each source and item, in both languages. */
export function copiesReport(node: string, { rows }: CopiesReconciled): string {
  const title = `对账报告 Reconciliation of copies · ${node}`;
  if (rows.length === 0) return `${title}\n没有共享的记录 nothing is shared`;
  const lines = rows.map((row) => {
    const found = [row.here, row.there, row.onlyHere, row.onlyThere, row.otherwise];
    const counts = [...found, row.refused, row.repaired];
    // What was received is applied: the receipt that says so goes with the next question.
    const applied = row.applied ?? (row.received === null ? "-" : "待送达 on its way");
    const flow = [row.received ?? "-", applied, row.actedUpon ?? "-"];
    return [row.source, row.item, ...counts, ...flow, row.equal ? "是 yes" : "✗ 否 no"];
  });
  return [title, tableOf(titles, lines), "- 未知或不适用 unknown, or of this member's own records"].join(
    "\n",
  );
}
