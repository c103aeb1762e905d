import { z } from "zod";
import { err, ok, type Result } from "../result/index.ts";

/** 2099/12/31 in a national file means "no end". */
export const noEndDay = "2099-12-31";

const forms = [
  /^([1-9]\d{3})(\d{2})(\d{2})$/,
  /^([1-9]\d{3})-(\d{1,2})-(\d{1,2})$/,
  /^([1-9]\d{3})\/(\d{1,2})\/(\d{1,2})$/,
];
const realDay = z.iso.date();

/** A day as files write it (`2024/01/02`, `2024-01-02`, `20240102`) → `2024-01-02`. */
export function normaliseDay(text: string): Result<string, "date-format" | "date-not-real"> {
  const match = forms.map((form) => form.exec(text)).find((found) => found !== null);
  if (match === undefined) return err("date-format");
  const [, year = "", month = "", day = ""] = match;
  const canonical = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return realDay.safeParse(canonical).success ? ok(canonical) : err("date-not-real");
}

export function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
