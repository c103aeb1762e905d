export { answerRevocation } from "./answer.ts";
export { type HearDependencies, type Heard, hearRevocations } from "./hear.ts";
export { keepHearing, type RevocationEvents } from "./keep-hearing.ts";
export type { GivenAnswer, HeardNotice, KeptNotice, RevocationBook, UnsentAnswer } from "./port.ts";
export { reportMeasure } from "./report.ts";
export { listRevocations, type ShownRevocation, shownRevocationsSchema } from "./show.ts";
