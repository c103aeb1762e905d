import type { Logger } from "@xinqiao/runtime/logging";
import type { CopiesReconciled, CopiesRow } from "../copies/index.ts";
import type { RevocationEvents } from "../feedback/index.ts";
import type { CallError } from "../lookup/index.ts";
import type { SharingEvents } from "../sharing/index.ts";
import type { AgentMetrics } from "./metrics.ts";

export interface CopiesEvents {
  /** Copies were compared with the city's. What is not equal in the end is an alarm. */
  copiesReconciled(reconciled: CopiesReconciled): void;
  copiesFault(reason: CallError): void;
}

const differencesOf = ({ onlyHere, onlyThere, otherwise }: CopiesRow) => onlyHere + onlyThere + otherwise;
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** What becomes of shared records: counts, never what they say or whose they are. */
export function createSharingEvents(
  logger: Logger,
  metrics: AgentMetrics,
): Omit<SharingEvents & RevocationEvents, "failed"> & CopiesEvents {
  return {
    published({ pages, changes, refused }) {
      metrics.shared.inc({ way: "told" }, changes);
      metrics.shared.inc({ way: "refused" }, refused);
      logger[refused > 0 ? "warn" : "info"]({ event: "published", pages, changes, refused });
    },
    received({ pages, changes }) {
      metrics.shared.inc({ way: "heard" }, changes);
      logger.info({ event: "received", pages, changes });
    },
    sharingFault(way, reason) {
      const { code, detail } = reason.by === "agent" ? reason.fault : reason.problem;
      logger.warn({ event: "sharing-fault", way, code, detail });
    },
    revocationsAsked(count) {
      metrics.revocations.inc(count);
      logger.warn({ event: "revocations-asked", count });
    },
    revocationsFault(reason) {
      const { code, detail } = reason.by === "agent" ? reason.fault : reason.problem;
      logger.warn({ event: "revocations-fault", code, detail });
    },
    brokenPage(source, { code, detail }) {
      logger.error({ event: "broken-page", source, code, detail });
    },
    setAside(item, why) {
      logger.error({ event: `record-${why}`, item });
    },
    copiesReconciled({ rows }) {
      const [differed, repaired] = [rows.map(differencesOf), rows.map((row) => row.repaired)].map(sum);
      const equal = rows.every((row) => row.equal);
      logger[equal ? "info" : "error"]({
        event: "copies-reconciled",
        rows: rows.length,
        differed,
        repaired,
        equal,
      });
    },
    copiesFault(reason) {
      const { code } = reason.by === "agent" ? reason.fault : reason.problem;
      logger.warn({ event: "copies-fault", code });
    },
  };
}
