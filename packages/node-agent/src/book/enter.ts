import type { Exchange, Question } from "@xinqiao/protocol/exchange";
import { answerDigest } from "@xinqiao/protocol/log";
import type { Problem } from "@xinqiao/protocol/problem";
import { refusalDigest, toldDigest } from "@xinqiao/protocol/reconciliation";
import { z } from "zod";
import type { SignedAnswer } from "../answer/index.ts";
import type { Book, Told } from "./port.ts";

/** Enters an answer, durably, before it leaves. Throws what the book throws. */
export async function enterAnswer(
  { exchange, requester, purpose }: Question,
  { status, at, text }: SignedAnswer,
  book: Pick<Book, "answered" | "durable">,
): Promise<void> {
  book.answered({
    exchange,
    at,
    requester,
    purpose,
    status: status === "refused" ? "refused" : "answered",
    digest: answerDigest(text),
    place: null,
  });
  await book.durable();
}

/** What an asker was told of an exchange: as the gateway told it, whatever this member makes of the answers. */
export function toldOf({ complete, results, log: { intent, outcome, size, root } }: Exchange): Told {
  const rows = results.map(({ answer, ...row }) => ({
    ...row,
    ...(answer !== undefined && { answer: answerDigest(answer) }),
  }));
  return {
    status: complete ? "complete" : "partial",
    digest: toldDigest(complete, rows),
    place: { intent, entry: outcome, size, root },
  };
}

const placeSchema = z.object({
  logIndex: z.number().int().nonnegative(),
  logSize: z.number().int().positive(),
  logRoot: z.string(),
});

/** What a refusal says; nothing when it names no entry: then the log has none that this member knows of. */
export function refusalOf({ code, facts }: Pick<Problem, "code" | "facts">): Told | undefined {
  const place = placeSchema.safeParse(facts).data;
  return (
    place && {
      status: "refused",
      digest: refusalDigest(code),
      place: { entry: place.logIndex, size: place.logSize, root: place.logRoot },
    }
  );
}
