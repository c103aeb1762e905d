import {
  code,
  day,
  type ItemData,
  numbered,
  organisations,
  required,
  sourceColumns,
  sourceRoles,
  subjectColumns,
  subjectRoles,
  text,
  unit,
} from "./columns.ts";

/** 信用评价: a grade by a public body. PJ = 评价. Shared among government bodies. */
export const creditEvaluation: ItemData = {
  code: "credit-evaluation",
  class: "信用评价结果",
  name: { zh: "公共信用评价", en: "Public credit evaluation" },
  subjectKinds: organisations,
  disclosure: "government-shared",
  shareScope: ["city", "district", "neighbour-city", "source-unit"],
  retentionYears: 3,
  updateFrequency: "每季度",
  source: { zh: "行业主管部门", en: "Sector regulators" },
  fields: [
    ...subjectColumns("PJ"),
    text("PJ_PJBH", "评价编号", "Evaluation number", numbered),
    text("PJ_PJLY", "评价领域", "Sector", required),
    code("PJ_PJJG", "评价结果", "Grade", ["优", "良", "中", "差"], required),
    day("PJ_PJRQ", "评价日期", "Evaluated on", required),
    day("PJ_YXQ", "有效期至", "Valid until"),
    ...unit("PJ_PJDW", "评价单位", "Evaluating authority"),
    ...sourceColumns("PJ"),
  ],
  columns: {
    ...subjectRoles("PJ"),
    ...sourceRoles("PJ"),
    documentNumber: "PJ_PJBH",
    occurredOn: "PJ_PJRQ",
    validUntil: "PJ_YXQ",
  },
};
