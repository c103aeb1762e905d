/** What a check can find, and what it says about the log. */
const meanings = {
  "entry-missing": { zh: "条目缺失", en: "missing" },
  "entry-changed": { zh: "条目内容已被改动", en: "was changed: the tree stands for another entry" },
  "entry-swapped": { zh: "条目位置被调换", en: "stands where another belongs" },
  "entry-differs": { zh: "条目与其哈希不符", en: "and its hash differ; nothing says which was changed" },
  "entry-unread": { zh: "条目无法解读", en: "cannot be read" },
  "entry-kind": { zh: "条目种类未登记", en: "is of a kind that is not known" },
  "entry-fields": { zh: "条目字段不合规", en: "has not the fields of its kind" },
  "entry-time": { zh: "条目时间倒退", en: "is older than the entries before it" },
  "intent-not-open": { zh: "所了结的意向不存在或已了结", en: "closes an intent that is not open" },
  "hash-missing": { zh: "哈希缺失", en: "missing" },
  "hash-changed": { zh: "哈希已被改动", en: "was changed: what is below it fits what is above it" },
  "hash-differs": { zh: "哈希与其下各项不符", en: "is not what is below it; nothing says which was changed" },
  "hash-extra": { zh: "多余的哈希", en: "belongs to no entry" },
  "subtree-changed": {
    zh: "该子树与上层所记不符",
    en: "is not what the tree above stands for",
  },
  "tile-missing": { zh: "分片缺失", en: "missing" },
  "tile-length": { zh: "分片长度有误", en: "is not as long as it must be" },
  "bundle-length": { zh: "条目包长度有误", en: "has a wrong length in it" },
  "head-differs": { zh: "日志头与条目不符", en: "does not say what the entries say" },
  "checkpoint-missing": { zh: "没有检查点", en: "missing" },
  "checkpoint-malformed": { zh: "检查点无法解读", en: "cannot be read" },
  "checkpoint-origin": { zh: "检查点属于另一日志", en: "is of another log" },
  "checkpoint-unsigned": { zh: "检查点没有该日志密钥的签名", en: "is not signed by the log's key" },
  "checkpoint-signature": { zh: "检查点签名无效", en: "has a signature that does not hold" },
  "checkpoint-cosignature": { zh: "检查点副署无效", en: "has a cosignature that does not hold" },
  "checkpoint-root": { zh: "检查点与条目不符", en: "has another root than the entries" },
  "checkpoint-beyond": { zh: "日志比检查点短", en: "is of more entries than there are" },
  unreadable: { zh: "存储损坏，无法读取", en: "cannot be read from its storage" },
} as const;

export type FindingKind = keyof typeof meanings;

export interface Finding {
  readonly kind: FindingKind;
  /** Which entry, node, tile or checkpoint. */
  readonly at: string;
  readonly detail?: string;
}

export type Find = (kind: FindingKind, at: string, detail?: string) => void;

/** One line in both languages. */
export function describe({ kind, at, detail }: Finding): string {
  const { zh, en } = meanings[kind];
  const more = detail === undefined ? "" : ` (${detail})`;
  return `${at}: ${zh} · ${en}${more}`;
}

export interface Findings {
  readonly kept: Finding[];
  /** All of them, kept or not. */
  count: number;
  readonly find: Find;
}

/** Keeps the first so many: a log that is wrong everywhere must not fill the memory with saying so. */
export function collectFindings(most: number): Findings {
  const findings: Findings = {
    kept: [],
    count: 0,
    find(kind, at, detail) {
      findings.count += 1;
      if (findings.kept.length < most)
        findings.kept.push({ kind, at, ...(detail !== undefined && { detail }) });
    },
  };
  return findings;
}

/** `entry 7`, `entries 7-9`: neighbours are one finding. */
export function rangesOf(places: readonly number[], name: { one: string; many: string }): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last?.to === place - 1) last.to = place;
    else ranges.push({ from: place, to: place });
  }
  return ranges.map(({ from, to }) => (from === to ? `${name.one} ${from}` : `${name.many} ${from}-${to}`));
}

export const entryNames = { one: "entry", many: "entries" } as const;
