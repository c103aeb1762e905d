import { parseJson } from "@xinqiao/protocol/transport";
import { z } from "zod";

const schema = z.object({ proof: z.array(z.base64()) });

/** The hashes of a proof that a log serves; nothing when it is none. */
export function readProof(body: string): Buffer[] | undefined {
  const read = parseJson(Buffer.from(body), schema);
  return read.ok ? read.value.proof.map((hash) => Buffer.from(hash, "base64")) : undefined;
}
