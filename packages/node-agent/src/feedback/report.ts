import {
  type FeedbackReply,
  feedbackReplySchema,
  type MeasureDone,
  signMeasureReport,
} from "@xinqiao/protocol/measures";
import { asResult, fault } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { isToCome } from "@xinqiao/runtime/calendar";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";

/** Signs what this member did about a record that it was given, and tells the city. */
export async function reportMeasure(
  done: MeasureDone,
  trace: TraceContext,
  call: CallDependencies,
  gone: AbortSignal,
): Promise<Result<FeedbackReply, CallError>> {
  if (isToCome(done.on, call.now())) {
    return err({ by: "agent", fault: fault("feedback.report-invalid", "its day is to come · 日期晚于今天") });
  }
  const iat = Math.floor(call.now() / 1000);
  const signed = await asResult(() => signMeasureReport({ ...done, iss: call.node, iat }, call.signer));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const question = { path: "/v1/feedback", body: { report: signed.value }, answer: feedbackReplySchema };
  return askGateway(question, trace, call, gone);
}
