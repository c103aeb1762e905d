import { composeUscc } from "@xinqiao/protocol/identity";

const office = composeUscc({ division: "440300", serial: "EXAMPLE9" });

/** A row of a national penalty file, with everything a valid row needs; a test changes what it is about. */
export function penaltyRow(
  uscc: string,
  number: string,
  change: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    CF_XDR_MC: "示例科技有限公司",
    CF_XDR_LB: "法人及非法人组织",
    CF_XDR_SHXYM: uscc,
    CF_WSH: number,
    CF_WFXW: "示例违法行为",
    CF_SY: "示例违法事实",
    CF_YJ: "示例处罚依据",
    CF_CFLB: "罚款",
    CF_NR: "罚款",
    CF_NR_FK: "1.5",
    CF_JDRQ: "2025/03/01",
    CF_YXQ: "2099/12/31",
    CF_GSJZQ: "",
    CF_CFJG: "示例机关",
    CF_CFJGDM: office,
    CF_SJLY: "示例机关",
    CF_SJLYDM: office,
    ...change,
  };
}

export function csv(rows: readonly Record<string, string>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]
    .map((cells) => cells.join(","))
    .join("\n");
}
