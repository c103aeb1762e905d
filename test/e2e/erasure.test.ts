import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries, readEvidence, verifyLog } from "@xinqiao/gateway";
import { keptBody, keptHead } from "@xinqiao/protocol/evidence";
import { composeCitizenId } from "@xinqiao/protocol/identity";
import { createDirectory } from "@xinqiao/protocol/registry";
import { fieldReader, verifyRequest, verifyResponse } from "@xinqiao/protocol/signing";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answering,
  ask,
  createParty,
  type FakeNode,
  type GatewayProcess,
  hanging,
  type Party,
  prepare,
  sampleLookup,
  sampleUscc,
  searchFolder,
  send,
  startFakeNode,
  startGatewayProcess,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const execute = promisify(execFile);
const main = programFile("gateway");

/** Committed to and never in the clear: an asker's own words, which may say anything about anybody. */
const caseReference = "示例案号〔2026〕77号";
const person = composeCitizenId({ division: "440300", birth: "1990-01-01", sequence: 7 });

describe("what is kept about a subject", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let dg: Party;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    node = await startFakeNode(hanging);
    dg = createParty({ node: "dg", role: "neighbour-city", jurisdiction: "441900", endpoint: node.origin });
    node.become(answering("dg", dg.signer));
    gateway = await startGatewayProcess([asker, dg]);
  });

  afterAll(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  const command = async (...args: readonly string[]) => {
    const { stdout } = await execute(process.execPath, [main, ...args, "--home", gateway.home]);
    return stdout.trim();
  };
  const opened = (entry: number) => {
    const evidence = readEvidence(gateway.logFile, entry);
    if (typeof evidence === "string") throw new Error(evidence);
    return evidence;
  };

  const keyBeside = (entry: number): Buffer => {
    const database = new Database(gateway.logFile, { readonly: true });
    const key = database
      .prepare<[number], Buffer>("SELECT key FROM subject_key JOIN evidence USING (tag) WHERE entry = ?")
      .pluck()
      .get(entry);
    database.close();
    if (key === undefined) throw new Error("no key");
    return key;
  };
  const filesWith = async (bytes: Buffer): Promise<string[]> => {
    const entries = await readdir(gateway.home, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const found = await Promise.all(files.map(async (file) => (await readFile(file)).includes(bytes)));
    return files.filter((_, place) => found[place]);
  };

  it("is the request, every answer and the response as they were signed: each verifies again", async () => {
    const { exchange, log, results } = await ask(asker, gateway, sampleLookup());
    await expect.poll(() => opened(log.outcome).response, { timeout: 10_000 }).toBeDefined();
    const { kept: beside } = opened(log.intent);
    const { kept, response } = opened(log.outcome);
    if (beside.request === undefined || response === undefined) throw new Error("not kept");
    const directory = createDirectory({
      version: 1,
      members: [asker, gateway.city].map((each) => each.member),
    });
    if (!directory.ok) throw new Error(directory.error.join());
    const checking = { key: directory.value.key, now: Date.now() };
    const head = keptHead(beside.request);
    const body = Buffer.from(beside.request.body);
    const request = verifyRequest(head, body, { ...checking, self: gateway.city.member.node });
    expect(request).toMatchObject({ ok: true, value: { requestId: exchange } });
    expect(kept.answers).toEqual([{ jurisdiction: "441900", jws: results[0]?.answer }]);
    const replied = keptBody(response, kept.answers ?? []) ?? "";
    const { status, headers } = response;
    const reply = { status, field: fieldReader(headers), request: head };
    expect(
      verifyResponse(reply, Buffer.from(replied), { ...checking, self: asker.member.node }),
    ).toMatchObject({ ok: true });
    expect(JSON.parse(replied)).toMatchObject({ exchange, log });
  });

  it("is destroyed with its key: in no file is a byte of it, and every proof holds", {
    timeout: 60_000,
  }, async () => {
    const subject = { kind: "individual", scheme: "citizen-id", id: person };
    // Refused, for nobody has authorised it: that it was asked is kept all the same.
    const refused = await send(await prepare(asker, gateway, sampleLookup({ subject, caseReference })));
    expect(refused.status).toBe(403);
    const last = readEntries(gateway.logFile).length - 1;
    expect(opened(last).kept.request?.body).toContain(person);
    const key = keyBeside(last);
    expect(await filesWith(key), "the key is there until it is destroyed").not.toEqual([]);
    const markers = [person, caseReference];
    const control = join(gateway.home, "control");
    await writeFile(control, JSON.stringify({ person, caseReference }));
    expect(await searchFolder(gateway.home, markers), "the search finds what is there").toEqual(markers);
    await rm(control);
    expect(await searchFolder(gateway.home, markers), "sealed from the beginning").toEqual([]);

    const before = verifyLog(gateway.logFile);
    const said = await command("log", "erase", "--subject", `citizen-id:${person}`, "--reason", "unlawful");
    expect(said).toContain("1 entries");
    expect(readEvidence(gateway.logFile, last)).toBe("nothing");
    expect(await filesWith(key)).toEqual([]);
    expect(await searchFolder(gateway.home, markers)).toEqual([]);
    const entries = readEntries(gateway.logFile);
    expect(entries.at(-1)).toMatchObject({ kind: "subject.erased", entries: 1, reason: "unlawful" });
    expect(JSON.stringify(entries)).not.toContain(person);
    expect(verifyLog(gateway.logFile)).toMatchObject({ size: before.size + 1, findings: [], erased: 1 });
    expect(await command("log", "verify")).toContain("1 of them");
    await gateway.kill("SIGTERM");
    await gateway.start();
    expect(verifyLog(gateway.logFile)).toMatchObject({ findings: [], erased: 1 });
  });

  it("is kept anew, under another key, when somebody asks about the same subject again", async () => {
    const first = await ask(asker, gateway, sampleLookup());
    await command("log", "erase", "--subject", `uscc:${sampleUscc}`, "--reason", "consent-withdrawn");
    expect(readEvidence(gateway.logFile, first.log.intent)).toBe("nothing");
    const second = await ask(asker, gateway, sampleLookup());
    expect(opened(second.log.intent).kept.request?.body).toContain(sampleUscc);
  });

  it("is told apart from what nobody may take away by the reason it is given", async () => {
    const wrong = command("log", "erase", "--subject", `uscc:${sampleUscc}`, "--reason", "because");
    await expect(wrong).rejects.toThrow("purpose-ended");
    await expect(command("log", "erase", "--subject", "x", "--reason", "unlawful")).rejects.toThrow("uscc");
  });
});
