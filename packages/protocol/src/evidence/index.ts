export { type Kept, type KeptOpening, keptOpeningSchema, keptSchema } from "./kept.ts";
export { type KeptRequest, keepRequest, keptHead, keptRequestSchema } from "./request.ts";
export {
  type KeptAnswers,
  type KeptResponse,
  keepResponse,
  keptAnswersSchema,
  keptBody,
  keptResponseSchema,
  type SentResponse,
} from "./response.ts";
export { keptUntil } from "./retention.ts";
