export type { ScoreLine } from "./line.ts";
export { scoreCsv, scoreText } from "./report.ts";
export { officialRules, type TimelinessRule, timelinessRuleSchema } from "./rule.ts";
export { addScores, type Judging, noScore, type Score, scoreOf } from "./score.ts";
export { scoreWorkbook } from "./workbook.ts";
