import { z } from "zod";

/** DOMAIN words: 企业 enterprise, 自然人 individual, 事业单位 public institution, 社会组织 social organisation. */
export const subjectKinds = [
  "enterprise",
  "individual",
  "public-institution",
  "social-organisation",
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** `uscc` 统一社会信用代码 (GB 32100), `citizen-id` 公民身份号码 (GB 11643), `registration-number` 旧工商注册号. */
export const subjectSchemes = ["uscc", "citizen-id", "registration-number"] as const;
export type SubjectScheme = (typeof subjectSchemes)[number];

/** Whom a record is about. The shape only; `parseSubject` checks the identifier itself. */
export const subjectSchema = z.strictObject({
  kind: z.enum(subjectKinds),
  scheme: z.enum(subjectSchemes),
  id: z.string().min(1).max(32),
});
export type Subject = z.infer<typeof subjectSchema>;
