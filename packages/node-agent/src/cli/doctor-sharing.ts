import { chinaTime } from "@xinqiao/runtime/calendar";
import type { AgentConfig } from "../config/index.ts";
import type { AgentStore } from "../store/index.ts";

/** The city is asked hourly for its acknowledgement, whether anything waits or not. */
const lateAfterMs = 70 * 60_000;

/** Whether the city takes what this member has to tell. */
export function checkTelling(
  { sharing }: Pick<AgentConfig, "sharing">,
  { outbox }: { readonly outbox: Pick<AgentStore["outbox"], "hasBegun" | "standing"> },
  now: number,
  findings: string[],
): string {
  if (sharing.publish === false && !outbox.hasBegun()) return "not told of · 不上报";
  const { waiting, acknowledgedAt } = outbox.standing();
  const last = acknowledgedAt === undefined ? "never · 从未" : chinaTime(acknowledgedAt);
  if (waiting > 0 && now - (acknowledgedAt ?? 0) > lateAfterMs) {
    findings.push(
      `${waiting} changes wait to be told to the city, which last acknowledged any: ${last}; does \`xinqiao serve\` run, and does its log say \`sharing-fault\`? · ${waiting} 条变更待上报，请确认前置机正在运行并查看日志 sharing-fault`,
    );
  }
  return `${waiting} changes wait, last acknowledged · 条变更待上报，最近确认: ${last}`;
}
