import { caseDeliverySchema, mostCases } from "@xinqiao/protocol/cases";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { mostWaitMs } from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallError } from "../lookup/index.ts";
import { sayAgain } from "./again.ts";
import { applyCases } from "./apply.ts";
import { type CaseDependencies, holdCase } from "./hold.ts";

/** One question to the gateway: what is new of this member's cases. The gateway waits while there is nothing. */
export async function followCases(
  deps: CaseDependencies,
  signal: AbortSignal,
  waitMs = mostWaitMs,
): Promise<Result<{ readonly again: boolean }, CallError>> {
  const { call, shelf, own } = deps;
  applyCases({ node: call.node, own, shelf, now: call.now });
  for (const each of shelf.aside()) if (holdCase(each, deps)) shelf.takeUp(each);
  const { position: after, head } = shelf.place();
  const question = { path: "/v1/cases/read", body: { after, head, waitMs }, answer: caseDeliverySchema };
  const trace = nextHop(undefined, call.entropy.hex);
  const delivered = await askGateway(question, trace, call, signal);
  if (!delivered.ok) return delivered;
  const { cases, ...place } = delivered.value;
  const unopened = cases.filter((each) => !holdCase(each, deps));
  for (const { steps } of cases) {
    const said = await sayAgain(steps, deps, trace, signal);
    if (!said.ok) return said;
  }
  // They hold up no other: each is tried again by itself.
  for (const each of unopened) shelf.setAside(each);
  shelf.readTo(place);
  if (unopened.length > 0) return err({ by: "agent", fault: fault("case.step-invalid") });
  return ok({ again: cases.length === mostCases || place.position < after });
}
