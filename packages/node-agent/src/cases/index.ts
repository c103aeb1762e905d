export { followCases } from "./follow.ts";
export type { CaseDependencies, CaseStepped } from "./hold.ts";
export type { CasePlace, CaseShelf, HeldCase } from "./port.ts";
export { showCases } from "./show.ts";
export { decideCase, extendCase, raiseCase } from "./steps.ts";
