export {
  type Authorisation,
  authorisationLifetimeSeconds,
  authorisationSchema,
  type CarriedAuthorisation,
  carriedAuthorisationSchema,
  proofMethods,
} from "./authorisation.ts";
export { itemsToAuthorise, uncovered } from "./cover.ts";
export { type PresentedAuthorisation, type Presenting, presentAuthorisation } from "./present.ts";
export { authorisationType, openAuthorisation, signAuthorisation } from "./token.ts";
export {
  openWithdrawals,
  signWithdrawals,
  type Withdrawal,
  type WithdrawalReceipt,
  type Withdrawals,
  withdrawalReceiptSchema,
  withdrawalSchema,
  withdrawalsMediaType,
  withdrawalsPage,
  withdrawalsSchema,
  withdrawalsType,
} from "./withdrawals.ts";
