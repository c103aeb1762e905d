import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { writeHits } from "./hits-file.ts";

/** A disk that is full from the beginning. */
const full = () => new Writable({ write: (_chunk, _encoding, done) => done(new Error("ENOSPC")) });

it.each(["hits.csv", "hits.xlsx"])("fails as its file does: %s", async (name) => {
  const rows = Array.from({ length: 5_000 }, (_, at) => [String(at), "x".repeat(100)]);
  await expect(writeHits(name, full(), { columns: ["a", "b"], rows })).rejects.toThrow("ENOSPC");
});
