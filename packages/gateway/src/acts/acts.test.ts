import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../log/audit-log.contract.ts";
import { createMemoryAuditLog, type SubjectTag } from "../log/index.ts";
import { type Act, openActsFolder, recordActs } from "./index.ts";

const now = () => Date.parse("2026-03-01T00:00:00Z");
const rejected = (node: string): Act => ({
  kind: "enrolment.decided",
  exchange: null,
  actor: null,
  enrolment: randomUUID(),
  node: testMember({ node }).node,
  decision: "rejected",
});

describe("what operators did", () => {
  let folder: string;
  let forgotten: SubjectTag[];
  const index = {
    async forget(tag: SubjectTag) {
      forgotten.push(tag);
      return err(fault("log.search-unavailable"));
    },
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-acts-"));
    forgotten = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const newLog = () => createMemoryAuditLog({ origin: "sz", now, randomBytes });

  it("is written into the log in order, and then gone from where it waited", async () => {
    const [acts, log] = [openActsFolder(folder), newLog()];
    for (const [place, node] of ["dg", "hz", "sz-baoan"].entries()) {
      await acts.leave(randomUUID(), rejected(node), now() + place);
    }
    await recordActs(acts, { log, index, now });
    expect(log.entries()).toMatchObject([{ node: "dg" }, { node: "hz" }, { node: "sz-baoan" }]);
    expect(await acts.waiting()).toEqual([]);
  });

  it("is written once, though the gateway died before it could be removed", async () => {
    const [acts, log] = [openActsFolder(folder), newLog()];
    await acts.leave(randomUUID(), rejected("dg"), now());
    const waiting = (await acts.waiting()).map((act) => ({ ...act, remove: async () => {} }));
    await recordActs({ waiting: async () => waiting }, { log, index, now });
    await recordActs(acts, { log, index, now });
    expect(log.entries()).toHaveLength(1);
    expect(await acts.waiting()).toEqual([]);
  });

  it("waits on while the log takes nothing", async () => {
    const [acts, log] = [openActsFolder(folder), newLog()];
    await acts.leave(randomUUID(), rejected("dg"), now());
    log.fail("log.full");
    await expect(recordActs(acts, { log, index, now })).rejects.toThrow("log.full");
    log.fail();
    await recordActs(acts, { log, index, now });
    expect(log.entries()).toHaveLength(1);
  });

  it("may be an erasure: what is kept about the subject of a tag goes, once", async () => {
    const [acts, log] = [openActsFolder(folder), newLog()];
    const written = await log.append(intentDraft());
    if (!written.ok) throw new Error(written.error.code);
    const tag = log.evidence(written.value.index)?.tag ?? "";
    await acts.leave(randomUUID(), { kind: "subject.erased", tag, reason: "unlawful" }, now());
    await recordActs(acts, { log, index, now });
    expect(log.evidence(written.value.index)).toBeUndefined();
    expect(forgotten, "the index is told, and nothing waits for one that cannot be").toEqual([tag]);
    expect(log.entries().at(-1)).toMatchObject({ kind: "subject.erased", entries: 1, reason: "unlawful" });
    expect(await acts.waiting()).toEqual([]);
  });

  it("that is none of the log's kinds is not written", async () => {
    const [acts, log] = [openActsFolder(folder), newLog()];
    await writeFile(join(folder, "1_x.json"), JSON.stringify({ ...rejected("dg"), kind: "gateway.started" }));
    await expect(recordActs(acts, { log, index, now })).rejects.toThrow();
    expect(log.entries()).toEqual([]);
  });
});
