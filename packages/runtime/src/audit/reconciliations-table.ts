import type { ReconciliationsAnswer } from "@xinqiao/protocol/reconciliation";

/** What auditors and operators see alike: how each comparison went, and the newest of each member. */
export type ReconciliationsShown = Pick<ReconciliationsAnswer, "newest"> & {
  readonly reconciliations: readonly Pick<
    ReconciliationsAnswer["reconciliations"][number],
    "member" | "interval" | "at" | "differences" | "explained"
  >[];
};

/** Lines with tabs between, in both languages. */
export function reconciliationLines({ reconciliations, newest }: ReconciliationsShown): string {
  const compared = reconciliations.map(({ member, interval, at, differences, explained }) =>
    [interval, member, at, differences ?? "not named yet · 尚未指明", explained].join("\t"),
  );
  const behind = newest.map(({ member, interval }) => `${member}\t${interval ?? "never · 从未对账"}`);
  return [
    "时段 hour\t成员 member\t比对时间 at\t差异 differences\t已说明 explained",
    ...compared,
    "",
    "成员 member\t最近对账时段 newest hour",
    ...behind,
  ].join("\n");
}
