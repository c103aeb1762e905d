export {
  createWithdrawalFollower,
  type WithdrawalFollower,
  type WithdrawalFollowerDependencies,
} from "./follower.ts";
export { keepHearing } from "./keep-hearing.ts";
export type { Heard, WithdrawalBook } from "./port.ts";
export { standingOf } from "./standing.ts";
