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

/** A national penalty file: two penalties for each of so many synthetic enterprises. */
export function penaltyFile(subjects: number): string {
  const office = benchUscc(99_999_999);
  const lines = [columns.join(",")];
  for (let number = 0; number < subjects; number += 1) {
    for (const part of [1, 2]) {
      lines.push(
        [
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
        ].join(","),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
