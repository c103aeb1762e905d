import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealEntry } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../../log/audit-log.contract.ts";
import type { Staged } from "./staged.ts";
import { tagKey } from "./testing/tag-key.ts";
import { startWriter, type Writer } from "./writer-thread.ts";

const staged = (): Staged => ({
  at: 0,
  kind: "lookup.intent",
  exchange: null,
  actor: null,
  leaf: sealEntry(intentDraft(), 0, randomBytes).leaf,
});

/** Nothing a use case can send: the writer dies of it, as it would of a bug. */
const deadly: Staged = JSON.parse('{"leaf":{}}');

describe("the writer's thread", () => {
  let folder: string;
  let writer: Writer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    writer = await startWriter({ path: join(folder, "log.db"), tagKey });
  });

  afterEach(async () => {
    await writer.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("answers each request with its own reply, in order", async () => {
    const replies = await Promise.all([
      writer.write([staged()]),
      writer.probe(0),
      writer.write([staged(), staged()]),
    ]);
    expect(replies).toMatchObject([
      { ok: true, value: { written: [0], size: 1 } },
      { ok: true },
      { ok: true, value: { written: [1, 2], size: 3 } },
    ]);
  });

  it("is replaced when it dies: what was asked has failed, what comes after is written", async () => {
    await writer.write([staged()]);
    const asked = await Promise.all([writer.write([deadly]), writer.write([staged()])]);
    expect(asked).toMatchObject([
      { ok: false, error: { code: "log.unavailable" } },
      { ok: false, error: { code: "log.unavailable" } },
    ]);
    expect(await writer.write([staged()])).toMatchObject({ ok: true, value: { written: [1], size: 2 } });
  });

  it("does not start on a file that is no database", async () => {
    await expect(startWriter({ path: folder, tagKey })).rejects.toThrow();
  });
});
