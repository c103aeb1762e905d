import { type Criteria, criteriaSchema } from "@xinqiao/protocol/audit";
import { instantOf } from "../calendar/index.ts";
import { ConfigError, parseConfig } from "../config/index.ts";

/** What may be searched by, as options of a command: flags and what they mean. */
export const criterionOptions = [
  ["--from <time>", "from this day or instant on · 起始时间"],
  ["--to <time>", "before this day or instant · 截止时间（不含）"],
  ["--member <node>", "whose lookups · 查询方"],
  ["--purpose <code>", "for which purpose · 用途"],
  ["--outcome <outcome>", "complete, partial, refused, interrupted, open · 结果"],
  ["--code <code>", "why it was refused · 拒绝代码"],
  ["--authoriser <node>", "who signed the subject's authorisation · 授权书签发方"],
  ["--target <node>", "who was asked · 应答方"],
  ["--subject <id>", "about whom; - for standard input · 主体标识，- 为标准输入"],
  ["--case <reference>", "under which case, by the asker's own number · 案由编号"],
  ["--kind <kind>", "of the subject: enterprise, individual, … · 主体类别"],
  ["--scheme <scheme>", "uscc, citizen-id, registration-number · 标识类型"],
] as const;

export interface CriterionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly member?: string;
  readonly purpose?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly authoriser?: string;
  readonly target?: string;
  readonly case?: string;
  readonly kind?: string;
  readonly scheme?: string;
}

/** @param id the subject's identifier, when there is one */
export function criteriaOf(options: CriterionOptions, id?: string): Criteria {
  const { from, to, member, purpose, outcome, code, authoriser, target } = options;
  const { kind = "enterprise", scheme = kind === "individual" ? "citizen-id" : "uscc" } = options;
  const given = {
    from: instantOf(from),
    to: instantOf(to),
    ...{ member, purpose, outcome, code, authoriser, target },
    caseReference: options.case,
    subject: id === undefined ? undefined : { kind, scheme, id },
  };
  const parsed = parseConfig(criteriaSchema, JSON.parse(JSON.stringify(given)));
  if (!parsed.ok) throw new ConfigError("options", parsed.error);
  return parsed.value;
}
