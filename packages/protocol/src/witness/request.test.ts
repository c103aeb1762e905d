import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatAddCheckpoint, parseAddCheckpoint } from "./index.ts";

const vectors = z
  .object({
    valid: z.array(
      z.object({
        name: z.string(),
        body: z.string(),
        oldSize: z.number(),
        proof: z.array(z.string()),
        origin: z.string(),
        size: z.number(),
      }),
    ),
    invalid: z.array(z.object({ name: z.string(), body: z.string() })),
  })
  .parse(
    JSON.parse(readFileSync(new URL("../../vectors/witness/add-checkpoint.json", import.meta.url), "utf8")),
  );

describe("a request to a witness", () => {
  it.each(vectors.valid)("is read and written as it came: $name", (vector) => {
    const request = parseAddCheckpoint(Buffer.from(vector.body));
    if (request === undefined) throw new Error("it is a request");
    expect(request.oldSize).toBe(vector.oldSize);
    expect(request.proof.map((hash) => Buffer.from(hash).toString("base64"))).toEqual(vector.proof);
    expect(request.offered.checkpoint).toMatchObject({ origin: vector.origin, size: vector.size });
    expect(formatAddCheckpoint(request)).toBe(vector.body);
  });

  it.each(vectors.invalid)("is none with $name", ({ body }) => {
    expect(parseAddCheckpoint(body)).toBeUndefined();
  });

  it("is none when it is not UTF-8", () => {
    const [vector] = vectors.valid;
    expect(parseAddCheckpoint(Buffer.from(vector?.body ?? "", "latin1"))).toBeUndefined();
  });
});
