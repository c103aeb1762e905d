import {
  baseCatalogue,
  catalogueDocumentSchema,
  type Item,
  indexCatalogue,
  itemCodeSchema,
  signCatalogue,
} from "@xinqiao/protocol/catalogue";
import { composeUscc, jurisdictionSchema, type Uscc } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner } from "@xinqiao/protocol/keys";

export const testCatalogue = indexCatalogue(baseCatalogue());
export const testJurisdiction = jurisdictionSchema.parse("440306");

/** The same, as a city publishes it and a member keeps it. */
export function testCatalogueText(): Promise<string> {
  const signer = importSigner(generatePrivateJwk("ed25519"));
  if (!signer.ok) throw new Error(signer.error);
  const first = { iss: "sz", version: 1, prev: null, iat: 0, ...baseCatalogue() };
  return signCatalogue(catalogueDocumentSchema.parse(first), signer.value);
}

export function testItem(code: string): Item {
  const item = testCatalogue.items.get(itemCodeSchema.parse(code));
  if (item === undefined) throw new Error(`the base catalogue has no ${code}`);
  return item;
}

/** The code of the n-th synthetic enterprise. */
export function testUscc(n: number): Uscc {
  return composeUscc({ division: "440300", serial: String(n) });
}

const office = composeUscc({ authority: "1", kind: "1", division: "440306", serial: "1" });

/** The n-th synthetic penalty, in national columns. */
export function penaltyRow(
  n: number,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    CF_XDR_MC: `示例第${n}号有限公司`,
    CF_XDR_LB: "法人及非法人组织",
    CF_XDR_SHXYM: testUscc(n),
    CF_WSH: `示宝罚〔2024〕${n}号`,
    CF_WFXW: "示例违法行为",
    CF_SY: "示例事实",
    CF_YJ: "《示例条例》第一条",
    CF_CFLB: "罚款",
    CF_NR: "罚款人民币五千元",
    CF_NR_FK: "0.500000",
    CF_JDRQ: "2024/01/02",
    CF_YXQ: "2099/12/31",
    CF_GSJZQ: "20270102",
    CF_CFJG: "示例区示例局",
    CF_CFJGDM: office,
    CF_SJLY: "示例区示例局",
    CF_SJLYDM: office,
    ...changes,
  };
}

/** The n-th synthetic listing of abnormal operation. */
export function listingRow(
  n: number,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    YC_ZTMC: `示例第${n}号有限公司`,
    YC_SHXYM: testUscc(n),
    YC_LRWSH: `示异列〔2024〕${n}号`,
    YC_LRYY: "未按规定公示年度报告",
    YC_LRRQ: "2024-03-04",
    YC_LRJG: "示例区示例局",
    YC_LRJGDM: office,
    YC_SJLY: "示例区示例局",
    YC_SJLYDM: office,
    ...changes,
  };
}

/** CSV text as a spreadsheet writes it: every cell quoted. */
export function csvText(
  rows: readonly Readonly<Record<string, string>>[],
  titles: readonly string[] = Object.keys(rows[0] ?? {}),
  titleOf: (title: string) => string = (title) => title,
): string {
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  return [line(titles.map(titleOf)), ...rows.map((row) => line(titles.map((title) => row[title] ?? "")))]
    .map((text) => `${text}\r\n`)
    .join("");
}
