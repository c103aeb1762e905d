export {
  type Feedback,
  type FeedbackReply,
  feedbackReplySchema,
  feedbackSchema,
  type MeasureDone,
  type MeasureOutcome,
  type MeasureReport,
  measureDoneSchema,
  measureOutcomes,
  openMeasureReport,
  reportHash,
  signMeasureReport,
} from "./report.ts";
