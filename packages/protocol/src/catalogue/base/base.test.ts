import { describe, expect, it } from "vitest";
import { isDivision } from "../../identity/index.ts";
import { contradictions } from "../contradictions.ts";
import { disclosureClasses } from "../item.ts";
import { baseCatalogue } from "./index.ts";

const { items, purposes } = baseCatalogue();

describe("the base catalogue", () => {
  it("does not contradict itself", () => {
    expect(contradictions(baseCatalogue())).toEqual([]);
  });

  it("survives being published: its JSON parses to itself", () => {
    expect(JSON.parse(JSON.stringify(baseCatalogue()))).toEqual(baseCatalogue());
  });

  it("holds the items every source publishes, in every disclosure class", () => {
    const classes = Object.groupBy(items, ({ disclosure }) => disclosure);
    const codes = disclosureClasses.map((disclosure) => classes[disclosure]?.map(({ code }) => code));
    expect(codes).toEqual([
      [
        "registration",
        "licence",
        "penalty",
        "abnormal-operation",
        "seriously-dishonest",
        "judgment-defaulter",
        "red-list",
        "honour",
      ],
      ["judicial-decision", "commitment", "credit-evaluation"],
      ["tax-credit", "social-insurance", "utility-payment"],
    ]);
  });

  it.each([
    [
      "penalty",
      "CF_XDR_MC CF_XDR_LB CF_XDR_SHXYM CF_XDR_GSZC CF_XDR_ZZJG CF_XDR_SWDJ CF_XDR_SYDW CF_XDR_SHZZ CF_FRDB CF_FR_ZJLX CF_FR_SFZH CF_XDR_ZJLX CF_XDR_ZJHM CF_WSH CF_WFXW CF_SY CF_YJ CF_CFLB CF_NR CF_NR_FK CF_NR_WFFF CF_NR_ZKDX CF_JDRQ CF_YXQ CF_GSJZQ CF_CFJG CF_CFJGDM CF_SJLY CF_SJLYDM BZ",
    ],
    [
      "licence",
      "XK_XDR_MC XK_XDR_LB XK_XDR_SHXYM XK_XDR_GSZC XK_XDR_ZZJG XK_XDR_SWDJ XK_XDR_SYDW XK_XDR_SHZZ XK_FRDB XK_FR_ZJLX XK_FR_SFZH XK_XDR_ZJLX XK_XDR_ZJHM XK_XKWS XK_WSH XK_XKLB XK_XKZS XK_XKBH XK_NR XK_JDRQ XK_YXQZ XK_YXQZI XK_XKJG XK_XKJGDM XK_ZT XK_LYDW XK_LYDWDM BZ",
    ],
  ])("has the national columns of a %s file, in their order", (code, columns) => {
    const item = items.find((candidate) => candidate.code === code);
    expect(item?.fields.map(({ name }) => name).join(" ")).toBe(columns);
  });

  it("masks every person's document number", () => {
    const numbers = items.flatMap(({ fields }) => fields).filter(({ name }) => /_(?:ZJHM|SFZH)$/.test(name));
    expect(numbers.length).toBeGreaterThan(0);
    for (const { masking } of numbers) expect(masking).toBe("identifier");
  });

  it("can attach a person's record wherever it covers persons", () => {
    for (const { subjectKinds, columns } of items) {
      expect(columns.citizenId !== undefined).toBe(subjectKinds.includes("individual"));
    }
  });

  it("has a purpose answered by yes or no, and one whose law is dated", () => {
    expect(purposes.filter(({ answers }) => answers === "yes-no").map(({ code }) => code)).toEqual([
      "commitment-eligibility",
    ]);
    expect(purposes.find(({ code }) => code === "subsidy-review")?.validFrom).toBe("2023-03-01");
  });

  it("has live purposes, a pending one, one that needs authorisation, and one with local reach", () => {
    expect(purposes.filter(({ status }) => status === "pending").map(({ code }) => code)).toEqual([
      "honours-review",
    ]);
    expect(purposes.filter(({ authorisation }) => authorisation).map(({ code }) => code)).toEqual([
      "bank-loan-review",
    ]);
    const local = purposes.flatMap(({ jurisdictions }) => (jurisdictions === "all" ? [] : jurisdictions));
    expect(local.length).toBeGreaterThan(0);
    for (const jurisdiction of local) expect(isDivision(jurisdiction)).toBe(true);
  });
});
