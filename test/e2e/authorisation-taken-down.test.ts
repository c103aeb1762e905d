import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  csv,
  type PreparedAgent,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  readLog,
  sampleLookup,
  sampleUscc,
  startGateway,
  type TestGateway,
  withdrawalsHeard,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const permitted = (change: object = {}) => ({
  subject: { kind: "enterprise", scheme: "uscc", id: sampleUscc },
  requester: "sz-baoan",
  purpose: "bank-loan-review",
  items: ["penalty"],
  days: 30,
  uses: 2,
  proof: { method: "counter", reference: "示授〔2026〕2号" },
  ...change,
});
const issuedSchema = z.strictObject({ id: z.uuid(), token: z.string(), key: z.string() });

describe("an authorisation that an agent takes down", () => {
  let prepared: PreparedAgent;
  let gateway: TestGateway;
  let baoan: RunningAgent;

  beforeAll(async () => {
    prepared = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      { "penalties.csv": csv([penaltyRow(sampleUscc, "示罚〔2026〕1号")]) },
    );
    gateway = await startGateway([prepared.party]);
    baoan = await prepared.start([], gateway);
    await vi.waitUntil(async () => (await withdrawalsHeard(prepared)) > 0, { timeout: 20_000 });
  });

  afterAll(async () => {
    await Promise.all([baoan.close(), gateway.close()]);
  });

  it("opens a lookup until it is withdrawn there, and names nobody", async () => {
    const issued = await baoan.call("/v1/authorisations", permitted());
    expect(issued.status).toBe(200);
    const { id, token, key } = issuedSchema.parse(issued.body);
    const lookup = sampleLookup({
      purpose: "bank-loan-review",
      authorisation: { token, key },
      jurisdictions: ["440306"],
    });
    const looked = await baoan.ask(lookup);
    expect(openedExchangeSchema.parse(looked.body).results).toMatchObject([{ status: "ok" }]);
    const withdrawn = await baoan.call(`/v1/authorisations/${id}/withdrawal`);
    expect(withdrawn).toMatchObject({ status: 200, body: { authorisation: id } });
    expect(await baoan.ask(lookup)).toMatchObject({
      status: 403,
      body: { code: "authorisation.withdrawn" },
    });
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
    const books = [payload, ...baoan.lines, ...gateway.lines, JSON.stringify(await readLog(gateway))].join(
      "",
    );
    expect(books).toContain(id);
    expect(books).not.toContain(sampleUscc);
    expect(books).not.toContain("示授〔2026〕2号");
    expect(books).not.toContain(key);
  });

  it.each([
    ["of nobody", { subject: { kind: "enterprise", scheme: "uscc", id: "123" } }, "lookup.subject-invalid"],
    ["for a stranger", { requester: "nobody" }, "policy.member-not-active"],
    ["for no purpose", { purpose: "curiosity" }, "lookup.purpose-unknown"],
    ["of an item beside the purpose", { items: ["commitment"] }, "policy.purpose-excludes-item"],
    ["for more than five years", { days: 1_827 }, "request.shape-invalid"],
  ])("is not signed when it is one %s", async (_what, change, code) => {
    expect((await baoan.call("/v1/authorisations", permitted(change))).body).toMatchObject({ code });
  });

  it("is withdrawn only where it was taken down", async () => {
    expect(await baoan.call(`/v1/authorisations/${randomUUID()}/withdrawal`)).toMatchObject({
      status: 404,
      body: { code: "authorisation.not-found", hop: "sz-baoan" },
    });
  });

  it("is signed, used and taken back from a terminal, with the subject's code on standard input", async () => {
    const home = ["--home", prepared.home];
    const loan = ["--purpose", "bank-loan-review", "--items", "penalty"];
    const printed = await xinqiao(
      ["authorise", "issue", "-", ...home, ...loan, "--uses", "1", "--reference", "示授〔2026〕3号"],
      sampleUscc,
    );
    const { id } = issuedSchema.parse(JSON.parse(printed.out));
    const file = join(prepared.home, "permission.json");
    await writeFile(file, printed.out);
    const lookup = ["lookup", "-", ...home, ...loan, "--jurisdictions", "440306", "--authorisation", file];
    const looked = await xinqiao([...lookup, "--json"], sampleUscc);
    expect(openedExchangeSchema.parse(JSON.parse(looked.out)).results).toMatchObject([{ status: "ok" }]);
    expect(await xinqiao(lookup, sampleUscc)).toMatchObject({
      code: 1,
      problem: expect.stringContaining("authorisation.used-up"),
    });
    expect((await xinqiao(["authorise", "withdraw", id, ...home])).out).toContain("已撤回");
    expect(await xinqiao(lookup, sampleUscc)).toMatchObject({
      code: 1,
      problem: expect.stringContaining("authorisation.withdrawn"),
    });
  });
});

const main = programFile("node-agent");

/** Runs a command of the agent's to its end. */
async function xinqiao(args: readonly string[], input = "") {
  const command = spawn(process.execPath, [main, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  command.stdin.end(input);
  const ended = once(command, "exit");
  const [out, problem] = await Promise.all([text(command.stdout), text(command.stderr)]);
  const [code] = await ended;
  return { out, problem, code };
}
