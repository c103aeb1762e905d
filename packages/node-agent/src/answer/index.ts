export { type AnswerDependencies, answerQuestion, type SignedAnswer } from "./answer-question.ts";
