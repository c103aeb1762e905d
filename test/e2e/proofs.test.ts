import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries, readEvidence } from "@xinqiao/gateway";
import { type Bundle, type BundleReport, bundleSchema, verifyBundle } from "@xinqiao/protocol/bundle";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  createParty,
  csv,
  expectSigned,
  findMarkers,
  type GatewayProcess,
  type PreparedAgent,
  penaltyRow,
  prepare,
  prepareAgent,
  type RunningAgent,
  type Sent,
  sampleLookup,
  send,
  startGatewayProcess,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const execute = promisify(execFile);
const known = composeUscc({ division: "440300", serial: "EXAMPLE7" });
const document = "示例证罚〔2025〕1号";
const caseReference = "示例案卷〔2026〕9号";
const path = "/v1/audit/proofs";

describe("the proofs of an exchange", () => {
  const auditor = createParty({ node: "sz-audit", role: "auditor" });
  const other = createParty({ node: "sz-futian", role: "district" });
  let prepared: PreparedAgent[];
  let agents: RunningAgent[];
  let gateway: GatewayProcess;
  let exchange: string;
  let vkey: string;

  const gatewayCommand = async (...args: readonly string[]) =>
    (await execute(process.execPath, [programFile("gateway"), ...args, "--home", gateway.home])).stdout;
  const agentCommand = async (...args: readonly string[]) =>
    (await execute(process.execPath, [programFile("node-agent"), ...args])).stdout;
  const home = () => prepared[0]?.home ?? "";

  beforeAll(async () => {
    prepared = await Promise.all([
      prepareAgent(
        { node: "sz-baoan", role: "district", jurisdiction: "440306" },
        { "a.csv": csv([penaltyRow(known, document)]) },
      ),
      prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" }),
    ]);
    const parties = [...prepared.map(({ party }) => party), auditor, other];
    gateway = await startGatewayProcess(parties, { config: { witnesses: { everySeconds: 1, quorum: 2 } } });
    const members = [gateway.city, ...parties].map(({ member }) => member);
    const { origin, registryKeyId } = gateway;
    agents = await Promise.all(prepared.map((agent) => agent.start(members, { origin, registryKeyId })));
    vkey = (await gatewayCommand("log", "key")).trim();
    const subject = { kind: "enterprise", scheme: "uscc", id: known };
    const asked = await agents[0]?.ask(sampleLookup({ subject, caseReference, deadlineMs: 10_000 }));
    exchange = openedExchangeSchema.parse(asked?.body).exchange;
  });

  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    await gateway.close();
  });

  const found = ({ findings }: BundleReport, kind: string) =>
    findings.filter((finding) => finding.kind === kind).map(({ en }) => en);
  const askProofs = async (party: typeof auditor, id: string): Promise<Sent> => {
    const signed = await prepare(party, gateway, { exchange: id }, { path });
    const sent = await send(signed);
    expectSigned(sent, signed, gateway);
    return sent;
  };
  /** Once the witnesses have seen it. */
  const proved = (make: () => Promise<string>) =>
    vi.waitFor(
      async () => {
        const text = await make();
        const report = verifyBundle(text, vkey);
        expect(found(report, "proved").join("\n")).toContain("2 other organisations have cosigned it");
        return { text, report };
      },
      { timeout: 30_000, interval: 300 },
    );

  it("are handed to who asked, whole, and verify offline by the log's key alone", async () => {
    const file = join(home(), "bundle.json");
    await proved(async () => {
      await rm(file, { force: true });
      await agentCommand("log", "prove", exchange, "--home", home(), "--out", file);
      return readFile(file, "utf8");
    });
    const { report } = await proved(() => readFile(file, "utf8"));
    expect(found(report, "missing"), "everything was kept").toEqual([]);
    expect(found(report, "proved").join("\n")).toContain(
      "the answer for 440306 was signed by sz-baoan with a key then listed: ok",
    );
    const said = await agentCommand("log", "verify", file, "--origin-key", vkey);
    expect(said).toContain("the bundle holds · 证据包成立");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"latencyMs', '"latencyMx'));
    await expect(agentCommand("log", "verify", file, "--origin-key", vkey)).rejects.toThrow("不成立");
    const entries = readEntries(gateway.logFile);
    expect(entries.findLast(({ kind }) => kind === "audit.proved")).toMatchObject({
      actor: "sz-baoan",
      proved: exchange,
      as: "requester",
      entries: 2,
    });
  });

  it("are handed to the operator, and that is in the log too", async () => {
    const { report } = await proved(() => gatewayCommand("log", "prove", exchange));
    expect(found(report, "wrong")).toEqual([]);
    expect(found(report, "missing")).toEqual([]);
    await expect
      .poll(() => readEntries(gateway.logFile).filter((entry) => entry.kind === "audit.proved"), {
        timeout: 10_000,
      })
      .toContainEqual(expect.objectContaining({ actor: null, as: "operator", proved: exchange }));
    await expect(gatewayCommand("log", "prove", randomUUID())).rejects.toThrow("no exchange of this id");
  });

  it("show an auditor entries, proofs and digests, and neither records nor whom they are about", async () => {
    const { text, report } = await proved(async () => (await askProofs(auditor, exchange)).text);
    expect(found(report, "wrong")).toEqual([]);
    const markers = [known, document, caseReference];
    expect(findMarkers(Buffer.from(text), markers)).toEqual([]);
    const own = await proved(() => gatewayCommand("log", "prove", exchange));
    expect(findMarkers(Buffer.from(own.text), markers), "the search finds what is there").toEqual(markers);
    const bundle: Bundle = bundleSchema.parse(JSON.parse(text));
    expect(bundle.entries.flatMap(({ kept, response }) => [kept?.request, kept?.answers, response])).toEqual(
      Array(bundle.entries.length * 3).fill(undefined),
    );
    expect(found(report, "proved").join("\n")).toContain(
      "the value of answer.440306 is the one committed to",
    );
    // The operator's own act of before may come into the log behind it.
    const entries = readEntries(gateway.logFile).filter(({ kind }) => kind === "audit.proved");
    expect(entries).toContainEqual(expect.objectContaining({ actor: "sz-audit", as: "auditor" }));
  });

  it("are nobody else's: another member does not learn that there is such an exchange", async () => {
    const [existing, invented] = [await askProofs(other, exchange), await askProofs(other, randomUUID())];
    for (const sent of [existing, invented]) {
      expect(sent).toMatchObject({ status: 404, code: "audit.exchange-unknown" });
    }
    // The operator's own act of before may come into the log behind them.
    const refused = readEntries(gateway.logFile).filter(({ kind }) => kind === "request.refused");
    expect(refused.slice(-2)).toEqual(
      Array(2).fill(expect.objectContaining({ actor: "sz-futian", code: "audit.exchange-unknown" })),
    );
    expect(await askProofs(auditor, "x")).toMatchObject({ status: 422 });
  });

  it("still prove the entries when the subject is erased, and say that what was kept is gone", async () => {
    await gatewayCommand("log", "erase", "--subject", `uscc:${known}`, "--reason", "unlawful");
    const { text, report } = await proved(() => gatewayCommand("log", "prove", exchange));
    expect(found(report, "wrong")).toEqual([]);
    expect(found(report, "missing").join("\n")).toContain("the signed request is not shown");
    expect(findMarkers(Buffer.from(text), [known, document, caseReference])).toEqual([]);
    const intent = bundleSchema
      .parse(JSON.parse(text))
      .entries.find(({ leaf }) => leaf.includes("lookup.intent"));
    expect(readEvidence(gateway.logFile, intent?.index ?? -1)).toBe("nothing");
  });
});
