export { enterAnswer, refusalOf, toldOf } from "./enter.ts";
export { forgetOldLines } from "./forget-old.ts";
export type { Book, BookLine, LogPlace } from "./port.ts";
