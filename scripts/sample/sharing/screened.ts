import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { AgentHandle } from "../federation.ts";
import { SampleError } from "../sample-error.ts";
import { until } from "../until.ts";
import { subject } from "./listing.ts";

/** Screens a list of bidders that has the listed company on it. @returns the hits, as the file has them */
export async function screenBidders(agent: AgentHandle, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-bidders-"));
  try {
    const [list, out] = [join(folder, "bidders.txt"), join(folder, "hits.csv")];
    await writeFile(list, `${subject.id}\n`);
    await agent.run(["screen", list, "--purpose", "government-procurement", "--out", out], signal);
    return await readFile(out, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bidder is excluded, and the department reports so. @param hits as the file has them */
export function reportExclusion(
  hits: string,
  record: string,
  agent: AgentHandle,
  signal: AbortSignal,
): Promise<string> {
  const exchange = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(hits)?.[0];
  const version = /^ (\d+)/.exec(hits.split(record)[1] ?? "")?.[1];
  if (exchange === undefined || version === undefined)
    throw new SampleError("the listed company was not found · 未筛出名单主体");
  const about = ["--source", "sz-baoan", "--record", record, "--record-version", version];
  const done = ["--outcome", "applied", "--matter", "2026-0042", "--on", chinaDay(Date.now())];
  return agent.run(["feedback", exchange, ...about, ...done], signal);
}

/** @returns the notices, once there is one that waits for an answer */
export function untilAskedToRevoke(
  record: string,
  agent: AgentHandle,
  signal: AbortSignal,
): Promise<{ readonly number: string; readonly listed: string }> {
  const asked = async () => {
    const listed = await agent.run(["revocations"], signal);
    const line = listed.split("\n").find((each) => each.includes(record) && each.includes("待答复"));
    const number = line && /\d+/.exec(line)?.[0];
    return number === undefined ? undefined : { number, listed };
  };
  return until(asked, "nobody was asked to revoke · 未收到撤销通知", signal);
}
