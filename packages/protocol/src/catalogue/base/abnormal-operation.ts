import {
  day,
  type ItemData,
  nameLength,
  numbered,
  required,
  sourceColumns,
  sourceRoles,
  subjectColumns,
  subjectRoles,
  text,
  unit,
} from "./columns.ts";

/**
 * 经营异常名录: listing and removal. YC = 异常, LR = 列入, removal YC = 移出.
 */
export const abnormalOperation: ItemData = {
  code: "abnormal-operation",
  class: "经营异常名录",
  name: { zh: "经营异常名录", en: "Abnormal operation" },
  subjectKinds: ["enterprise"],
  disclosure: "public",
  shareScope: [],
  retentionYears: 5,
  updateFrequency: "每日",
  source: { zh: "市场监督管理部门", en: "Market regulators" },
  fields: [
    ...subjectColumns("YC"),
    text("YC_LRWSH", "列入决定文书号", "Listing decision number", numbered),
    text("YC_LRYY", "列入原因", "Reason for listing", required),
    day("YC_LRRQ", "列入日期", "Listed on", required),
    ...unit("YC_LRJG", "列入机关", "Listing authority"),
    text("YC_YCYY", "移出原因", "Reason for removal"),
    day("YC_YCRQ", "移出日期", "Removed on"),
    text("YC_YCJG", "移出机关", "Removing authority", { maxLength: nameLength }),
    ...sourceColumns("YC"),
  ],
  columns: {
    ...subjectRoles("YC"),
    ...sourceRoles("YC"),
    documentNumber: "YC_LRWSH",
    occurredOn: "YC_LRRQ",
    removedOn: "YC_YCRQ",
  },
};
