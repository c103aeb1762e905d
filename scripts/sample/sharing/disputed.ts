import type { AgentHandle, GatewayHandle } from "../federation.ts";
import { SampleError } from "../sample-error.ts";
import { until } from "../until.ts";
import { items, subject } from "./listing.ts";

/** A subject's word about a record of Bao'an's, taken in at another member's counter. @returns the case's id */
export async function raiseAt(
  agent: AgentHandle,
  { kind, record, reason }: { readonly kind: string; readonly record: string; readonly reason: string },
  signal: AbortSignal,
): Promise<string> {
  const about = ["--source", "sz-baoan", "--record", record, "--reason", reason];
  const said = await agent.run(["cases", "raise", "--kind", kind, ...about], signal);
  const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(said)?.[0];
  if (id === undefined) throw new SampleError(`no case · 案件未受理: ${said}`);
  return id;
}

/** The city compares its copy with what the source has signed, and the source hears of it. */
export async function checkAtCity(
  id: string,
  { gateway, source }: { readonly gateway: GatewayHandle; readonly source: AgentHandle },
  signal: AbortSignal,
): Promise<void> {
  await gateway.run(["cases", "check", id, "--finding", "same"], signal);
  const checked = async () =>
    (await source.run(["cases", "list"], signal))
      .split("\n")
      .find((line) => line.includes(id) && line.includes("checked"));
  await until(checked, "the city's check did not arrive · 核查未送达", signal);
}

/** Decides as soon as the source's agent has heard of the case. */
export async function decideAt(
  source: AgentHandle,
  id: string,
  outcome: string,
  signal: AbortSignal,
): Promise<string> {
  const known = async () => ((await source.run(["cases", "list"], signal)).includes(id) ? true : undefined);
  await until(known, "the source has not heard of the case · 来源未收到案件", signal);
  const how = ["--outcome", outcome, "--reason", "示例：已核实"];
  return source.run(["cases", "decide", id, ...how], signal);
}

/** @returns since when the member's copy is said to be in dispute */
export function untilDisputed(agent: AgentHandle, id: string, signal: AbortSignal): Promise<string> {
  const disputed = async () => {
    const copies = await agent.copies(subject, items);
    return copies.find(({ record }) => record.id === id)?.disputes?.[0]?.since;
  };
  return until(disputed, "the dispute did not arrive · 争议标注未送达", signal);
}
