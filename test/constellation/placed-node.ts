import type { SuiteName } from "@xinqiao/protocol/keys";
import { answering, type Behaviour, type FakeNode, startFakeNode } from "./fake-node.ts";
import { createParty, type Party } from "./party.ts";

/** A member that answers, and the server behind its endpoint. */
export interface PlacedNode {
  readonly party: Party;
  readonly fake: FakeNode;
}

/** Answers as an honest node that holds nothing. */
export const honest = ({ member, signer }: Party): Behaviour => answering(member.node, signer);

/** A neighbouring city's node: honest, unless it is told how to behave. */
export async function placeNode(
  node: string,
  jurisdiction: string,
  behave: (party: Party) => Behaviour = honest,
  suite: SuiteName = "ed25519",
): Promise<PlacedNode> {
  const fake = await startFakeNode(() => {});
  const party = createParty({ node, role: "neighbour-city", jurisdiction, endpoint: fake.origin, suite });
  fake.become(behave(party));
  return { party, fake };
}
