import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { answerLifetimeSeconds, disclosed, signAnswer } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { isDisclosable, shownDisputes } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import { mayHoldItem } from "@xinqiao/protocol/sync";
import type { AnswerFromCopy } from "../exchange/index.ts";
import type { Hub } from "./ports.ts";

export interface CopyDependencies {
  readonly self: NodeId;
  readonly hub: Pick<Hub, "told">;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly signer: Signer;
  readonly now: () => number;
  readonly today: () => string;
}

/**
 * Answers from what a member has told, when the member itself cannot be asked. Only items that the requester might
 * hold a copy of itself: beyond those the member decides who is told what, and nobody decides for it (PR-EXCHANGE §7).
 */
export function createAnswerFromCopy(deps: CopyDependencies): AnswerFromCopy {
  const { self, hub, directory, catalogue: current, signer, now, today } = deps;
  return async (target, { exchange, requester, subject, items, purpose: code, jurisdiction }) => {
    const catalogue = current();
    const member = directory().member(requester);
    const purpose = catalogue.purposes.get(code);
    const mayBeTold = member && items.every((item) => mayHoldItem(member, { item }, catalogue));
    const told = mayBeTold ? hub.told(target.node, subject, items) : undefined;
    if (told === undefined || told.items.length === 0) return undefined;
    const day = today();
    const shown = new Set(told.records.filter((each) => isDisclosable(each, day)).map(({ id }) => id));
    const disputes = told.disputes.filter(({ record }) => shown.has(record));
    const untold = items.filter((item) => !told.items.includes(item));
    const iat = Math.floor(now() / 1000);
    const answer = {
      iss: self,
      copyOf: target.node,
      aud: requester,
      jti: exchange,
      iat,
      exp: iat + answerLifetimeSeconds,
      jurisdiction,
      purpose: code,
      subject,
      items: [...items],
      ...disclosed(told.records, { items, purpose, catalogue, today: day }),
      ...shownDisputes(disputes, { namesRecords: purpose?.answers !== "yes-no" }),
      asOf: new Date(told.at).toISOString(),
      ...(untold.length > 0 && { gaps: untold.map((item) => ({ item, reason: "not-held" as const })) }),
    };
    return { answer, jws: await signAnswer(answer, signer) };
  };
}
