import { type CaseAnswer, caseAnswerSchema } from "@xinqiao/protocol/audit";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

const findings: Readonly<Record<CaseAnswer["finding"], string>> = {
  same: "made under this reference · 在该编号下作出",
  other: "made under another reference · 在其他编号下作出",
  none: "made under none · 未注明编号",
  gone: "what would show it is erased or has expired · 佐证已删除或到期",
};

/** As a partial lookup: neither yes (0) nor failed (1). */
const notUnderItExitCode = 2;

/** Says whether a lookup was made under a case's reference, as the city's log commits to it. */
export async function checkCase(reference: string, of: string, home: string): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/audit/cases", { of, reference });
  const { finding, entry } = caseAnswerSchema.parse(JSON.parse(answered));
  if (finding !== "same") process.exitCode = notUnderItExitCode;
  return `${findings[finding]} (entry · 条目 ${entry})`;
}
