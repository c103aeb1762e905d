import {
  code,
  day,
  type ItemData,
  integer,
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

/** 纳税信用: the yearly grade, for those the subject has authorised. NS = 纳税. */
export const taxCredit: ItemData = {
  code: "tax-credit",
  class: "信用评价结果",
  name: { zh: "纳税信用", en: "Tax credit grade" },
  subjectKinds: organisations,
  disclosure: "authorised",
  shareScope: ["city", "district", "neighbour-city", "credit-user"],
  retentionYears: 5,
  updateFrequency: "每年",
  source: { zh: "税务机关", en: "Tax authorities" },
  fields: [
    ...subjectColumns("NS"),
    text("NS_PJWSH", "评价文书号", "Assessment number", numbered),
    integer("NS_PJND", "评价年度", "Year assessed", { required: true, minLength: 4, maxLength: 4 }),
    code("NS_PJJB", "评价级别", "Grade", ["A", "B", "M", "C", "D"], required),
    day("NS_PJRQ", "评价日期", "Assessed on", required),
    ...unit("NS_SWJG", "税务机关", "Tax authority"),
    ...sourceColumns("NS"),
  ],
  columns: {
    ...subjectRoles("NS"),
    ...sourceRoles("NS"),
    documentNumber: "NS_PJWSH",
    occurredOn: "NS_PJRQ",
  },
};
