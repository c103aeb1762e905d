import type { CatalogueChange, CatalogueContent } from "@xinqiao/protocol/catalogue";

const parts: Readonly<Record<CatalogueChange["part"], string>> = {
  class: "大类 class",
  item: "事项 item",
  purpose: "用途 purpose",
};
const changes: Readonly<Record<CatalogueChange["change"], string>> = {
  added: "新增 added",
  removed: "删除 removed",
  changed: "变更 changed",
};

/** What a setting is called in Chinese; in English it is called as it is written. */
const settings: Readonly<Record<string, string>> = {
  added: "新用途",
  name: "名称",
  parent: "上级大类",
  class: "大类",
  subjectKinds: "主体类别",
  disclosure: "公开属性",
  shareScope: "共享范围",
  retentionYears: "保存年限",
  updateFrequency: "更新频率",
  source: "来源单位",
  fields: "栏目",
  columns: "关键栏目",
  legalBasis: "法律依据",
  validFrom: "依据生效日",
  validUntil: "依据失效日",
  items: "事项",
  jurisdictions: "辖区",
  needs: "所需栏目",
  authorisation: "主体授权",
  answers: "应答形式",
  graceSeconds: "宽限秒数",
  status: "状态",
};

/** Changes for people, one a line, in both languages. */
export function describeChanges(found: readonly CatalogueChange[], after: CatalogueContent): string {
  if (found.length === 0) return "nothing changes · 没有变化";
  const widened = found.filter(({ widens }) => widens.length > 0).length;
  return [
    ...found.map((change) => describeChange(change, after)),
    ...(widened === 0 ? [] : [`! ${widened} 项扩大披露 of these widen disclosure`]),
  ].join("\n");
}

function describeChange(
  { part, code, change, settings: differ, widens }: CatalogueChange,
  after: CatalogueContent,
) {
  const entries: readonly { readonly code: string; readonly name: { zh: string; en: string } }[] = [
    ...(part === "class" ? after.classes : []),
    ...(part === "item" ? after.items : []),
    ...(part === "purpose" ? after.purposes : []),
  ];
  const name = entries.find((entry) => entry.code === code)?.name;
  return [
    changes[change],
    parts[part],
    code,
    ...(name === undefined ? [] : [`${name.zh} ${name.en}`]),
    ...(differ.length === 0 ? [] : [differ.map(describeSetting).join(", ")]),
    ...(widens.length === 0
      ? []
      : [`! 扩大披露 widens disclosure: ${widens.map(describeSetting).join(", ")}`]),
  ].join("\t");
}

function describeSetting(name: string): string {
  const zh = settings[name];
  return zh === undefined ? name : `${zh} ${name}`;
}
