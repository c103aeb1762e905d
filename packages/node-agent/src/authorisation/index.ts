export { type IssueDependencies, type IssuedAuthorisation, issueAuthorisation } from "./issue.ts";
export type { AuthorisationBook, KeptAuthorisation } from "./port.ts";
export { type AuthorisationRequest, authorisationRequestSchema, longestDays } from "./request.ts";
export { type WithdrawDependencies, withdrawAuthorisation } from "./withdraw.ts";
