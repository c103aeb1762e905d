import { CommandError } from "./command-error.ts";

/** How many, as an option of a command says it. */
export function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new CommandError(`${option} is a number from 1 on · ${option} 须为正整数`);
  return count;
}
