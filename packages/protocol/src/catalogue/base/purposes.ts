import type { z } from "zod";
import type { purposeSchema } from "../purpose.ts";
import { everyone, organisations } from "./columns.ts";

/**
 * Shenzhen and its districts. A local legal basis reaches no further. Areas without a code (前海, 大鹏,
 * 深汕) are known by node id, which the operator's own catalogue adds.
 */
const shenzhen = [
  "440300",
  "440303",
  "440304",
  "440305",
  "440306",
  "440307",
  "440308",
  "440309",
  "440310",
  "440311",
];

/** What follows for who takes part in procurement (联合惩戒). */
const excluded = (item: string, legalBasis: string) => ({
  item,
  name: { zh: "禁止参加政府采购活动", en: "Excluded from government procurement" },
  legalBasis,
});

const adverse = ["penalty", "abnormal-operation", "seriously-dishonest", "judgment-defaulter"];

/** A first list of applications (信用应用清单). The legal basis is what an auditor reads beside the log. */
export const purposes: z.input<typeof purposeSchema>[] = [
  {
    code: "bid-review",
    name: { zh: "招标投标审查", en: "Tender and bid review" },
    legalBasis:
      "《招标投标法》《招标投标法实施条例》;《关于在招标投标活动中对失信被执行人实施联合惩戒的通知》(法〔2016〕285号)",
    items: ["registration", "licence", ...adverse, "red-list"],
    subjectKinds: organisations,
    jurisdictions: "all",
    authorisation: false,
    status: "live",
  },
  {
    code: "licensing-review",
    name: { zh: "行政许可审查", en: "Licensing review" },
    legalBasis: "《行政许可法》;《优化营商环境条例》(告知承诺制)",
    items: ["registration", "licence", ...adverse, "commitment"],
    subjectKinds: everyone,
    jurisdictions: "all",
    authorisation: false,
    status: "live",
  },
  {
    code: "government-procurement",
    name: { zh: "政府采购资格审查", en: "Government procurement review" },
    legalBasis:
      "《政府采购法》第二十二条;《关于在政府采购活动中查询及使用信用记录有关问题的通知》(财库〔2016〕125号)",
    items: ["registration", ...adverse],
    subjectKinds: everyone,
    jurisdictions: "all",
    authorisation: false,
    measures: [
      excluded("judgment-defaulter", "财库〔2016〕125号"),
      excluded("seriously-dishonest", "《政府采购法》第二十二条、财库〔2016〕125号"),
    ],
    status: "live",
  },
  {
    code: "subsidy-review",
    name: { zh: "财政资金补贴审查", en: "Subsidy review" },
    legalBasis: "《深圳经济特区社会信用条例》",
    validFrom: "2023-03-01",
    items: [
      "registration",
      "licence",
      ...adverse,
      "red-list",
      "commitment",
      "credit-evaluation",
      "tax-credit",
    ],
    subjectKinds: everyone,
    jurisdictions: shenzhen,
    authorisation: false,
    status: "live",
  },
  {
    code: "bank-loan-review",
    name: { zh: "银行信贷审查", en: "Bank loan review" },
    legalBasis:
      "《征信业管理条例》第十三条;《个人信息保护法》第十三条;《深圳经济特区社会信用条例》第四十四条",
    items: ["registration", "licence", ...adverse, "tax-credit", "social-insurance", "utility-payment"],
    subjectKinds: everyone,
    jurisdictions: "all",
    authorisation: true,
    status: "live",
  },
  {
    code: "judicial-enforcement",
    name: { zh: "司法执行查询", en: "Judicial enforcement" },
    legalBasis: "《民事诉讼法》;《最高人民法院关于公布失信被执行人名单信息的若干规定》(法释〔2017〕7号)",
    items: ["registration", "licence", "penalty", "judgment-defaulter", "judicial-decision"],
    subjectKinds: everyone,
    jurisdictions: "all",
    authorisation: false,
    status: "live",
  },
  {
    code: "inspection-grading",
    name: { zh: "日常监管分级分类", en: "Routine inspection grading" },
    legalBasis:
      "《国务院办公厅关于加快推进社会信用体系建设构建以信用为基础的新型监管机制的指导意见》(国办发〔2019〕35号)",
    items: ["registration", "licence", ...adverse, "red-list", "commitment", "credit-evaluation"],
    subjectKinds: organisations,
    jurisdictions: "all",
    authorisation: false,
    status: "live",
  },
  {
    // Whoever is on a list, or has broken a commitment, is not offered one: no more needs to be known.
    code: "commitment-eligibility",
    name: { zh: "告知承诺制适用核查", en: "Eligibility for commitment-based approval" },
    legalBasis:
      "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》(国办发〔2020〕42号)",
    items: ["seriously-dishonest", "judgment-defaulter"],
    subjectKinds: everyone,
    jurisdictions: "all",
    authorisation: false,
    answers: "yes-no",
    status: "live",
  },
  {
    code: "honours-review",
    name: { zh: "评优评先审查", en: "Honours review" },
    legalBasis: "《深圳经济特区社会信用条例》;应用措施清单待发布",
    validFrom: "2023-03-01",
    items: [...adverse, "judicial-decision", "red-list", "honour"],
    subjectKinds: everyone,
    jurisdictions: shenzhen,
    authorisation: false,
    status: "pending",
  },
];
