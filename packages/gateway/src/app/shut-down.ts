import type { InFlight, Serving } from "@xinqiao/runtime/http";
import type { Publishing } from "../checkpoints/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { LimitedBook } from "../limit/index.ts";
import type { Targets } from "../upstream/index.ts";
import type { Sharing } from "./sharing.ts";
import type { Stores } from "./stores.ts";

interface Parts extends Stores {
  readonly serving: Serving;
  readonly admin: Serving;
  readonly inFlight: InFlight;
  readonly reading: InFlight;
  readonly sharing: Pick<Sharing, "drain" | "idle">;
  readonly targets: Targets;
  readonly publishing: Publishing;
  readonly limited: LimitedBook;
}

/** Requests end first, then what they need: a socket that was cut does not end its handler. */
export async function shutDown(parts: Parts, { shutdownGraceMs }: GatewayConfig): Promise<void> {
  const { serving, admin, inFlight, reading, targets, log, withdrawals, limited } = parts;
  const { published, publishing, entries, kept, index, hashes, proofs, hub, sharing } = parts;
  reading.drain();
  inFlight.drain();
  sharing.drain();
  await serving.close(shutdownGraceMs);
  await targets.close();
  await Promise.all([reading.idle(), inFlight.idle(), sharing.idle()]);
  await limited.flush();
  await log.append({ kind: "gateway.stopped", exchange: null, actor: null });
  // So that whoever looks next sees all of it. What cannot be signed now is signed at the next start.
  await publishing.publish().catch(() => {});
  for (const reader of [published, withdrawals, entries, kept, hashes, proofs, hub]) reader.close();
  await index.close();
  await log.close();
  await admin.close(1_000);
}
