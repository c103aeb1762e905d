import { closeSync, openSync, writeSync } from "node:fs";
import { composeUscc } from "@xinqiao/protocol/identity";

const columns = [
  "CF_XDR_MC",
  "CF_XDR_LB",
  "CF_XDR_SHXYM",
  "CF_WSH",
  "CF_WFXW",
  "CF_SY",
  "CF_YJ",
  "CF_CFLB",
  "CF_NR",
  "CF_NR_FK",
  "CF_JDRQ",
  "CF_YXQ",
  "CF_CFJG",
  "CF_CFJGDM",
  "CF_SJLY",
  "CF_SJLYDM",
] as const;

/** A synthetic enterprise by number. */
export function benchUscc(number: number): string {
  return composeUscc({ division: "440300", serial: number.toString().padStart(8, "0") });
}

/** A national penalty file: two penalties for each of so many synthetic enterprises. Of any size: it is never in memory whole. */
export function writePenaltyFile(path: string, subjects: number): void {
  const file = openSync(path, "w");
  const together = 1_000;
  writeSync(file, `${columns.join(",")}\n`);
  for (let from = 0; from < subjects; from += together) {
    const count = Math.min(together, subjects - from);
    writeSync(file, Array.from({ length: count }, (_, at) => penaltiesOf(from + at)).join(""));
  }
  closeSync(file);
}

const office = benchUscc(99_999_999);

function penaltiesOf(number: number): string {
  const lines = [1, 2].map((part) => [
    `示例压测企业${number}有限公司`,
    "法人及非法人组织",
    benchUscc(number),
    `示例罚字〔2025〕${number}-${part}号`,
    "示例违法行为",
    "示例违法事实",
    "示例处罚依据",
    "罚款",
    "罚款",
    "1.500000",
    "2025/03/01",
    "2099/12/31",
    "示例机关",
    office,
    "示例机关",
    office,
  ]);
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}
