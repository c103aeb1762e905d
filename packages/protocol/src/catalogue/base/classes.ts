import type { z } from "zod";
import type { classSchema } from "../class.ts";

type ClassData = z.input<typeof classSchema>;

const labelled = (code: string, en: string, parent?: string): ClassData => ({
  code,
  name: { zh: code, en },
  ...(parent !== undefined && { parent }),
});

/** 目录大类. Lookups name them by their Chinese names. */
export const classes: readonly ClassData[] = [
  labelled("登记注册", "Registration"),
  labelled("行政管理", "Administration"),
  labelled("司法裁判及执行", "Judicial decisions and enforcement"),
  labelled("名单", "Lists"),
  labelled("经营异常名录", "Abnormal operation", "名单"),
  labelled("严重失信主体名单", "Seriously dishonest subjects", "名单"),
  labelled("诚实守信相关荣誉", "Honours"),
  labelled("信用承诺及履行情况", "Commitments and how they were kept"),
  labelled("信用评价结果", "Evaluations"),
  labelled("缴费", "Payments"),
];
