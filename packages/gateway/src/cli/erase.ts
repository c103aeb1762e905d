import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { subjectSchemes, subjectText } from "@xinqiao/protocol/identity";
import { erasureReasons } from "@xinqiao/protocol/log";
import { CommandError } from "@xinqiao/runtime/cli";
import { z } from "zod";
import { openActsFolder } from "../acts/index.ts";
import { loadConfig, readTagKey } from "../config/index.ts";
import { subjectTags } from "../log/index.ts";
import { logSize, readEntries } from "../store/sqlite/index.ts";

export interface EraseOptions {
  readonly home: string;
  /** `scheme:id`, or `-` to read it from the input: an argument is seen by everybody on the machine. */
  readonly subject: string;
  readonly reason: string;
}

/** The gateway looks for acts every two seconds. */
const patienceMs = 10_000;
const lookEveryMs = 100;

/**
 * Destroys what is kept about a subject, through the running gateway: the log has one writer. What lies in the folder of
 * acts until then is the subject's tag and no identifier.
 */
export async function erase({ home, subject, reason }: EraseOptions, now: () => number): Promise<string> {
  const config = await loadConfig(home);
  const code = z.enum(erasureReasons).safeParse(reason);
  if (!code.success) {
    throw new CommandError(`the reason is one of ${erasureReasons.join(", ")} · 删除原因须为其中之一`);
  }
  const tag = subjectTags(await readTagKey(config.logTagKey))(
    readSubject(subject === "-" ? await text(process.stdin) : subject),
  );
  const acts = openActsFolder(config.acts);
  const id = randomUUID();
  const before = logSize(config.log);
  await acts.leave(id, { kind: "subject.erased", tag, reason: code.data }, now());
  for (const end = now() + patienceMs; now() < end; await sleep(lookEveryMs)) {
    const waits = (await acts.waiting()).some((act) => act.id === id);
    if (!waits) return done(config.log, before);
  }
  return "it waits for the gateway, which is not running · 网关未运行，待其启动后执行";
}

function readSubject(given: string): string {
  const [scheme = "", ...rest] = given.trim().split(":");
  const known = z.enum(subjectSchemes).safeParse(scheme);
  const id = rest.join(":").trim();
  if (!known.success || id === "") {
    throw new CommandError(`a subject is <${subjectSchemes.join("|")}>:<id> · 主体格式为 类型:号码`);
  }
  return subjectText({ scheme: known.data, id });
}

function done(log: string, before: number): string {
  const entries = readEntries(log, before).flatMap((entry) =>
    entry.kind === "subject.erased" ? [entry.entries] : [],
  );
  return `erased beside ${entries.at(-1) ?? 0} entries · 已删除 ${entries.at(-1) ?? 0} 条日志的留存`;
}
