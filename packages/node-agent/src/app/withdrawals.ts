import type { AgentConfig } from "../config/index.ts";
import type { GatewayClient } from "../lookup/index.ts";
import {
  createWithdrawalFollower,
  keepHearing,
  type WithdrawalFollowerDependencies,
} from "../withdrawals/index.ts";
import type { Shared } from "./shared.ts";

/**
 * Only who answers needs to know: who asks is told by the city and by every node.
 * @returns what ends it
 */
export function hearWithdrawals(
  { jurisdiction, gateway, withdrawalsRefreshSeconds: everySeconds }: AgentConfig,
  {
    client,
    city,
    events,
    ...deps
  }: Omit<WithdrawalFollowerDependencies, "get" | "gateway" | "directory"> &
    Pick<Shared, "events" | "city"> & { client: GatewayClient },
): () => void {
  if (jurisdiction === undefined) return () => {};
  const follower = createWithdrawalFollower({
    ...deps,
    get: client.get,
    gateway: gateway.node,
    directory: city.members,
  });
  return keepHearing(follower, { everySeconds, onFault: events.withdrawalsFault, onError: events.failed });
}
