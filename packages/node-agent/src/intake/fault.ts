import type { Item, Label } from "@xinqiao/protocol/catalogue";

/** Why a whole file was not taken in. Nothing in it is personal data. */
export type ImportFault =
  | { readonly code: "import.file-unreadable" }
  | { readonly code: "import.file-changed" }
  | { readonly code: "import.old-excel" }
  | { readonly code: "import.workbook-damaged" }
  | { readonly code: "import.workbook-too-large" }
  | { readonly code: "import.header-missing" }
  | { readonly code: "import.item-unknown" }
  | { readonly code: "import.item-not-recognised" }
  | { readonly code: "import.item-ambiguous"; readonly items: readonly Item[] }
  | { readonly code: "import.columns-missing"; readonly item: Item; readonly columns: readonly string[] }
  | { readonly code: "import.columns-repeated"; readonly item: Item; readonly columns: readonly string[] }
  | { readonly code: "import.cancelled" };

const texts: Readonly<Record<ImportFault["code"], Label>> = {
  "import.file-unreadable": {
    en: "The file cannot be read: does it exist, and may this user read it?",
    zh: "文件无法读取：请确认文件存在且当前用户有权读取",
  },
  "import.file-changed": {
    en: "The file changed while it was read: wait until it is complete, then import it again",
    zh: "读取过程中文件发生变化：请待文件写入完成后重新导入",
  },
  "import.old-excel": {
    en: "An old or encrypted Excel file: save it as .xlsx without a password, or as CSV",
    zh: "旧版或加密的 Excel 文件：请另存为无密码的 .xlsx 或 CSV",
  },
  "import.workbook-damaged": {
    en: "The Excel file is damaged: save it again",
    zh: "Excel 文件已损坏：请重新保存后再导入",
  },
  "import.workbook-too-large": {
    en: "The Excel file holds more than can be read at once: split it, or send CSV",
    zh: "Excel 文件内容过多，无法一次读取：请拆分，或改用 CSV",
  },
  "import.header-missing": {
    en: "The file has no header row that can be read",
    zh: "文件没有可识别的表头行",
  },
  "import.item-unknown": { en: "The catalogue has no such item", zh: "目录中没有该事项" },
  "import.item-not-recognised": {
    en: "The header belongs to no item of the catalogue: name the item, or correct the header",
    zh: "表头与目录中任何事项都不相符：请指定事项或更正表头",
  },
  "import.item-ambiguous": {
    en: "The header fits several items: name the one that is meant",
    zh: "表头同时符合多个事项：请指定事项",
  },
  "import.columns-missing": { en: "Required columns are missing", zh: "缺少必填栏目" },
  "import.columns-repeated": { en: "Columns appear more than once", zh: "栏目重复" },
  "import.cancelled": {
    en: "Stopped; what was taken in so far stays, and importing again completes it",
    zh: "已中止；已导入的数据保留，重新导入即可补全",
  },
};

/** What went wrong, in both languages, with the columns or items it is about. */
export function describeImportFault(fault: ImportFault, { en, zh }: Label = texts[fault.code]): Label {
  const about =
    "columns" in fault ? fault.columns : "items" in fault ? fault.items.map(({ code }) => code) : [];
  const of = "item" in fault ? ` (${fault.item.code} ${fault.item.name.zh})` : "";
  const tail = about.length > 0 ? `: ${about.join(", ")}` : "";
  return { en: `${en}${of}${tail}`, zh: `${zh}${of}${tail}` };
}
