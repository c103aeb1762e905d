import type { ReconciliationsAnswer } from "@xinqiao/protocol/reconciliation";
import { tableOf } from "../cli/index.ts";

/** What auditors and operators see alike: how each comparison went, and the newest of each member. */
export type ReconciliationsShown = Pick<ReconciliationsAnswer, "newest"> & {
  readonly reconciliations: readonly Pick<
    ReconciliationsAnswer["reconciliations"][number],
    "member" | "interval" | "at" | "differences" | "explained"
  >[];
};

/** Two tables, in both languages. */
export function reconciliationTables({ reconciliations, newest }: ReconciliationsShown): string {
  const compared = reconciliations.map(({ member, interval, at, differences, explained }) => [
    interval,
    member,
    at,
    differences ?? "not named yet · 尚未指明",
    explained,
  ]);
  const behind = newest.map(({ member, interval }) => [member, interval ?? "never · 从未对账"]);
  return [
    tableOf(["时段 hour", "成员 member", "比对时间 at", "差异 differences", "已说明 explained"], compared),
    tableOf(["成员 member", "最近对账时段 newest hour"], behind),
  ].join("\n");
}
