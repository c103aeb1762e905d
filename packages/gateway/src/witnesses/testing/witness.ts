import { cosign, logVerifiers, type SignedCheckpoint, witnessName } from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { formatNote, formatSignature, noteKey } from "@xinqiao/protocol/note";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import { formatHeldSize, judgeCheckpoint, parseAddCheckpoint, statusOf } from "@xinqiao/protocol/witness";
import type { WitnessReply } from "../port.ts";
import type { TestKey } from "./city.ts";

/** An honest witness in memory; a test may have it say something else. */
export interface TestWitness {
  held: SignedCheckpoint | undefined;
  /** Seconds since 1970. */
  time: number;
  addCheckpoint(body: string): Promise<WitnessReply>;
  heldNote(): string | undefined;
}

export function testWitness(node: string, key: TestKey, { iss, log = [] }: RegistryDocument): TestWitness {
  const name = witnessName(nodeIdSchema.parse(node));
  const watched = { origin: `xinqiao/${iss}`, verifiers: logVerifiers(iss, log) };
  const witness: TestWitness = {
    held: undefined,
    time: 1_800_000_000,
    async addCheckpoint(body) {
      const request = parseAddCheckpoint(body);
      if (request === undefined) return { status: 400, body: "" };
      const judged = judgeCheckpoint(witness.held, request, watched);
      if (judged.kind !== "cosign") {
        return {
          status: statusOf(judged),
          body: "heldSize" in judged ? formatHeldSize(judged.heldSize) : "",
        };
      }
      witness.held = judged.offered;
      const line = await cosign(
        judged.offered.note.text,
        noteKey("cosignature", name, key.jwk),
        key.signer,
        witness.time,
      );
      return { status: 200, body: formatSignature(line) };
    },
    heldNote: () => witness.held && formatNote(witness.held.note),
  };
  return witness;
}

/** The way to these witnesses, by their members' endpoints. */
export function lineTo(witnesses: Readonly<Record<string, TestWitness>>) {
  const at = (endpoint: string) => {
    const witness = witnesses[new URL(endpoint).hostname.split(".")[0] ?? ""];
    if (witness === undefined) throw new Error(`nobody at ${endpoint}`);
    return witness;
  };
  return {
    addCheckpoint: async (endpoint: string, body: string) => ok(await at(endpoint).addCheckpoint(body)),
    held: async (endpoint: string) => ok(at(endpoint).heldNote()),
  };
}
