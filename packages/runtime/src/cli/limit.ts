import { CommandError } from "./command-error.ts";

/** How many of something a command is to show at most, as its `--limit` says it. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new CommandError("--limit is a number from 1 on · 条数须为正整数");
  return limit;
}
