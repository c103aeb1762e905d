import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openStore } from "./store.ts";

const kept = { id: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60", token: "a.b.c", expiresAt: 1_000 };
const year = 366 * 86_400_000;

it("keeps what this member has signed across a restart, and long after it has ended", async () => {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-authorisations-"));
  const path = join(folder, "store.db");
  try {
    const first = openStore(path);
    first.authorisations.keep({ ...kept, proofKey: Uint8Array.of(1, 2, 3) });
    first.close();
    const store = openStore(path);
    expect(store.authorisations.signed(kept.id)).toEqual({ ...kept, proofKey: Buffer.from([1, 2, 3]) });
    expect(store.authorisations.signed("another")).toBeUndefined();
    const next = (id: string, expiresAt: number) =>
      store.authorisations.keep({ id, token: "a.b.c", proofKey: Uint8Array.of(), expiresAt });
    next("ten years on", 10 * year);
    expect(store.authorisations.signed(kept.id)).toBeDefined();
    next("twelve years on", 12 * year);
    expect(store.authorisations.signed(kept.id)).toBeUndefined();
    store.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
