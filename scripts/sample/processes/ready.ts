import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { SampleError } from "../sample-error.ts";
import type { Child } from "./child.ts";

const pauseMs = 40;
const longestMs = 60_000;

/** Waits until the address answers 200; fails with the end of its log when the process goes first. */
export async function untilReady(child: Child, url: string, signal?: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(longestMs);
  while (!limit.aborted) {
    signal?.throwIfAborted();
    if (!child.running) throw new SampleError(await obituary(child, "ended while starting · 启动时退出"));
    if (await answers(url)) return;
    await delay(pauseMs);
  }
  throw new SampleError(await obituary(child, `was not ready after ${longestMs / 1000} s · 启动超时`));
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await reply.body?.cancel();
    return reply.status === 200;
  } catch {
    return false;
  }
}

/** What a process said last, under the reason for showing it. */
export async function obituary({ name, log }: Pick<Child, "name" | "log">, what: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  const end = text.trimEnd().split("\n").slice(-8).join("\n");
  return `${name} ${what}\n${log}:\n${end}`;
}
