/** `uscc` 统一社会信用代码 (GB 32100), `citizen-id` 公民身份号码 (GB 11643), `registration-number` 旧工商注册号. */
export const subjectSchemes = ["uscc", "citizen-id", "registration-number"] as const;
export type SubjectScheme = (typeof subjectSchemes)[number];
