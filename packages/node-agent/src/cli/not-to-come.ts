import { chinaDay, isToCome } from "@xinqiao/runtime/calendar";
import { CommandError } from "@xinqiao/runtime/cli";

const aDay = /^\d{4}-\d{2}-\d{2}$/;

/** Of `--on`: what is to be done some day was not done. What is no day at all is said with the rest. */
export function notToCome(day: string, now: number): void {
  if (!aDay.test(day) || !isToCome(day, now)) return;
  const today = chinaDay(now);
  throw new CommandError(`--on is after today, ${today} · --on 晚于今天（${today}）: ${day}`);
}
