export { type CaseLine, caseTable, caseText } from "./shown.ts";
