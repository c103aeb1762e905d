import type { AgreementKey } from "@xinqiao/protocol/encryption";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { KeptCopies } from "../copies/index.ts";
import { localRoutes } from "../http/index.ts";
import type { GatewayClient } from "../lookup/index.ts";
import type { AgentStore } from "../store/index.ts";
import type { Books } from "./books.ts";
import { caseDependencies } from "./cases.ts";
import { takePosted } from "./intake.ts";
import { callOf, type Shared } from "./shared.ts";

export interface LocalParts {
  readonly decryptionKeys: ReadonlyMap<string, AgreementKey>;
  readonly token: string;
  readonly client: GatewayClient;
  readonly store: AgentStore;
  readonly books: Books;
  readonly copies: KeptCopies;
  readonly open: () => boolean;
}

export function localApp({
  config,
  city,
  signer,
  now,
  decryptionKeys,
  client,
  store,
  books,
  ...rest
}: Shared & LocalParts) {
  const { node, limits } = config;
  const { standing, catalogue } = city;
  const call = callOf(config, { ...rest, city, client, signer, now });
  const today = () => chinaDay(now());
  const identifierExceptions = new Set(config.identifierExceptions);
  return localRoutes({
    ...rest,
    standing,
    node,
    maxBodyBytes: limits.maxBodyBytes,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    audit: call,
    books: { ...books, reconciled: store.reconciled, now },
    intake: takePosted(config, { ...rest, city, now, store }),
    cases: { ...caseDependencies(config, { ...rest, city, signer, now, client, store }), today },
    sharing: { call, inbox: store.inbox, today, identifierExceptions },
    revoking: { ...call, revocations: store.revocations },
    screening: {
      ...{ call, inbox: store.inbox, catalogue, standing, today, identifierExceptions },
      whenAway: config.screeningWhenAway,
      copiesForMs: config.screeningCopiesHours * 3_600_000,
      deadlineMs: config.screeningDeadlineMs,
    },
    lookUp: { ...call, catalogue, decryptionKeys, book: store.book },
    authorisation: {
      ...call,
      catalogue,
      identifierExceptions,
      book: store.authorisations,
    },
  });
}
