import Table from "cli-table3";

interface Intake {
  readonly file: string;
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly keptBack: readonly {
    readonly line: string;
    readonly column: string;
    readonly zh: string;
    readonly en: string;
  }[];
  readonly quarantineFile?: string;
}

const plain = { head: [], border: [] };

/** What became of imported files: the counts, and which rows were kept back and why. */
export function intakeTables(intakes: readonly Intake[]): string {
  const counts = new Table({
    head: ["文件 file", "收到 received", "采纳 accepted", "隔离 quarantined"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  for (const { file, received, accepted, quarantined } of intakes) {
    counts.push([file, received, accepted, quarantined]);
  }
  const spoilt = intakes.filter(({ quarantined }) => quarantined > 0);
  if (spoilt.length === 0) return counts.toString();
  const rows = new Table({ head: ["文件 file", "行 line", "栏目 column", "原因 why"], style: plain });
  for (const { file, keptBack } of spoilt) {
    for (const { line, column, zh, en } of keptBack) rows.push([file, line, column, `${zh}\n${en}`]);
  }
  return [
    counts.toString(),
    "隔离的行：其余各行不受影响 · rows kept back; the others are not affected by them",
    rows.toString(),
    ...spoilt.map(({ quarantineFile = "" }) => `  ${quarantineFile}`),
  ].join("\n");
}
