import { z } from "zod";
import { jurisdictionSchema } from "../identity/index.ts";
import { headersSchema } from "./request.ts";

/** Signed answers (JWS), in the order in which their jurisdictions were asked. */
export const keptAnswersSchema = z
  .array(z.strictObject({ jurisdiction: jurisdictionSchema, jws: z.string() }))
  .readonly();
export type KeptAnswers = z.infer<typeof keptAnswersSchema>;

/**
 * A signed response as it went. Answers are kept beside the outcome already, so the body names them in the places where
 * they stood: joined again it is, byte for byte, what was signed.
 */
export const keptResponseSchema = z.strictObject({
  status: z.number().int().min(100).max(599),
  headers: headersSchema,
  body: z.array(z.union([z.string(), z.strictObject({ answer: z.number().int().nonnegative() })])).readonly(),
});
export type KeptResponse = z.infer<typeof keptResponseSchema>;

export interface SentResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export function keepResponse({ status, headers, text }: SentResponse, answers: KeptAnswers): KeptResponse {
  const body: KeptResponse["body"][number][] = [];
  let done = 0;
  for (const [answer, { jws }] of answers.entries()) {
    const at = text.indexOf(jws, done);
    // Not in this order, or not in it at all: then the text itself is kept.
    if (at < 0) continue;
    if (at > done) body.push(text.slice(done, at));
    body.push({ answer });
    done = at + jws.length;
  }
  if (done < text.length) body.push(text.slice(done));
  return { status, headers: { ...headers }, body };
}

/** The body as it was sent; nothing when an answer that stood in it is not there. */
export function keptBody({ body }: KeptResponse, answers: KeptAnswers): string | undefined {
  let text = "";
  for (const piece of body) {
    const part = typeof piece === "string" ? piece : answers[piece.answer]?.jws;
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}
