export { type WithdrawalRequest, type WithdrawDependencies, withdraw } from "./withdraw.ts";
export {
  createWithdrawalPages,
  type WithdrawalPage,
  type WithdrawalPages,
  type WithdrawalPagesOptions,
} from "./withdrawal-pages.ts";
