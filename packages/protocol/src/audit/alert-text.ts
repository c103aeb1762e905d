import type { Alert, AlertRule } from "./alert.ts";

type Told = (alert: Pick<Alert, "member" | "count" | "threshold">) => {
  readonly zh: string;
  readonly en: string;
};

const texts: Readonly<Record<AlertRule, Told>> = {
  "unusual-volume": ({ member, count, threshold }) => ({
    zh: `${member} 一小时查询 ${count} 次，高于其以往同一时段的界限 ${threshold}`,
    en: `${member} made ${count} lookups in an hour, over the ${threshold} that its own past allows for`,
  }),
  "outside-hours": ({ member, count, threshold }) => ({
    zh: `${member} 在夜间或休息日一小时查询 ${count} 次（界限 ${threshold}）`,
    en: `${member} made ${count} lookups in an hour at night or on a day off (limit ${threshold})`,
  }),
  "many-subjects": ({ member, count, threshold }) => ({
    zh: `${member} 一日内以同一用途查询 ${count} 个主体（界限 ${threshold}）`,
    en: `${member} looked up ${count} subjects in a day for one purpose (limit ${threshold})`,
  }),
  "watched-subject": ({ count, threshold }) => ({
    zh: `同一主体一日内被 ${count} 个成员查询（界限 ${threshold}）`,
    en: `one subject was looked up by ${count} members in a day (limit ${threshold})`,
  }),
  "new-purpose": ({ member }) => ({
    zh: `${member} 首次以从未用过的用途查询`,
    en: `${member} used a purpose that it never used before`,
  }),
};

/** What a rule is called, in a few characters. */
export const ruleLabels: Readonly<Record<AlertRule, string>> = {
  "unusual-volume": "查询量异常",
  "outside-hours": "非工作时间使用",
  "many-subjects": "查询主体过多",
  "watched-subject": "主体被多方查询",
  "new-purpose": "首次使用某用途",
};

/** What an alert says, for people. */
export function alertText(alert: Alert): { readonly zh: string; readonly en: string } {
  return texts[alert.rule](alert);
}
