import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEntries } from "@xinqiao/gateway";
import { openedExchangeSchema, type Question } from "@xinqiao/protocol/exchange";
import { type CreditRecord, recordSchema } from "@xinqiao/protocol/record";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answering,
  authorise,
  copyMemory,
  findMarkers,
  type GatewayProcess,
  honest,
  type PlacedNode,
  type PreparedAgent,
  placeNode,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
  sealing,
  searchFolder,
  startGatewayProcess,
} from "../constellation/index.ts";

/** What stands in a sealed record and nowhere else. */
const secret = {
  name: "封缄示例甲乙丙公司",
  number: "封缄罚〔2031〕7701号",
  text: "封缄示例违法事实丁戊己庚",
  code: "SEALED-MARKER-7Q4W",
};
const secrets = Object.values(secret);
/** What stands in a public record: the same search finds it, or it would find nothing anywhere. */
const known = "公开示例违法事实辛壬癸子";

const record = (question: Question, change: object): CreditRecord =>
  recordSchema.parse({
    id: "penalty:1",
    item: "penalty",
    subject: question.subject,
    subjectName: "示例有限公司",
    jurisdiction: question.jurisdiction,
    version: 1,
    state: "current",
    occurredOn: "2025-12-01",
    recordedAt: "2025-12-02T00:00:00Z",
    fields: { CF_SY: known },
    ...change,
  });

const sealedRecord = (question: Question) =>
  record(question, {
    id: `penalty:${secret.number}`,
    subjectName: secret.name,
    fields: { CF_WSH: secret.number, CF_SY: secret.text, CF_CFJGDM: secret.code },
  });

/** The gateway is looked into at the moment it holds two answers and waits for another node: one sealed, one public. */
describe("a gateway that carries a sealed answer", () => {
  let snapshots: string;
  let agent: PreparedAgent;
  let running: RunningAgent;
  let dg: PlacedNode;
  let hz: PlacedNode;
  let gateway: GatewayProcess;
  let ciphertext = "";
  const { promise: released, resolve: release } = Promise.withResolvers<void>();

  const lookup = async (purpose: string) => {
    const jurisdictions = ["441900", "441300"];
    const { carried: authorisation } = await authorise(agent.party);
    const asked = { purpose, authorisation, jurisdictions, deadlineMs: 30_000 };
    const { body } = await running.ask(sampleLookup(asked));
    return openedExchangeSchema.parse(body).results;
  };

  beforeAll(async () => {
    snapshots = await mkdtemp(join(tmpdir(), "xinqiao-snapshots-"));
    agent = await prepareAgent({ node: "sz-baoan", role: "district" });
    const show = (sealed: string) => {
      ciphertext = sealed.split(".")[3]?.slice(0, 60) ?? "";
    };
    dg = await placeNode("dg", "441900", (party) => (question, response) => {
      const clear = answering("dg", party.signer, (answer) => ({
        ...answer,
        status: "ok",
        records: [record(question, {})],
      }));
      const sealed = sealing(party, agent.party.member, (asked) => [sealedRecord(asked)], show);
      return (question.purpose === "bid-review" ? clear : sealed)(question, response);
    });
    hz = await placeNode("hz", "441300", (party) => async (question, response) => {
      await released;
      await honest(party)(question, response);
    });
    gateway = await startGatewayProcess([agent.party, dg.party, hz.party], {
      config: { logLevel: "debug" },
      wrap: ([node = "", ...args], home) => {
        const watched = ["--heapsnapshot-signal=SIGUSR2", `--diagnostic-dir=${snapshots}`];
        const whole = "--heap-snapshot-string-limit=100000000";
        const said = `exec "$0" "$@" > '${join(home, "said.txt")}' 2>&1`;
        return ["sh", "-c", said, node, ...watched, whole, ...args];
      },
    });
    const members = [gateway.city, agent.party, dg.party, hz.party].map(({ member }) => member);
    running = await agent.start(members, gateway);
  });

  afterAll(async () => {
    release();
    await running.close();
    await Promise.all([gateway.close(), dg.fake.close(), hz.fake.close()]);
    await rm(snapshots, { recursive: true, force: true });
  });

  /** Everything on the heap of the gateway's main thread that is still in use. */
  async function heapSnapshot(): Promise<Buffer> {
    const before = new Set(await readdir(snapshots));
    const added = async () => (await readdir(snapshots)).find((file) => !before.has(file));
    process.kill(gateway.pid, "SIGUSR2");
    await expect.poll(added, { timeout: 30_000 }).toBeDefined();
    // It answers again when the snapshot is whole.
    await (await request(`${gateway.adminOrigin}/healthz`)).body.dump();
    const file = join(snapshots, (await added()) ?? "");
    const bytes = await readFile(file);
    await rm(file);
    return bytes;
  }

  it("holds, keeps and says nothing of what is in it", { timeout: 180_000 }, async () => {
    const sealed = lookup("bank-loan-review");
    await expect.poll(() => hz.fake.asked, { timeout: 10_000 }).toBe(1);
    const open = lookup("bid-review");
    await expect.poll(() => hz.fake.asked, { timeout: 10_000 }).toBe(2);

    let heap: Buffer = Buffer.alloc(0);
    const bothAreHeld = async () => {
      heap = await heapSnapshot();
      return findMarkers(heap, [known, ciphertext]);
    };
    await expect.poll(bothAreHeld, { timeout: 60_000, interval: 10 }).toEqual([known, ciphertext]);
    const memory = process.platform === "linux" ? await copyMemory(gateway.pid) : [];
    release();
    const rows = [...(await sealed), ...(await open)];
    // What the node that was waited for says, or whether it was in time, does not matter.
    expect(rows.filter(({ node }) => node === "dg").map(({ status }) => status)).toEqual(["ok", "ok"]);
    expect(
      findMarkers(Buffer.from(JSON.stringify(rows)), [known, ...secrets]),
      "its requester reads all",
    ).toEqual([known, ...secrets]);

    expect(findMarkers(heap, secrets), "on the heap").toEqual([]);
    const everywhere = findMarkers(memory, [known, ...secrets]);
    expect(everywhere, "anywhere in memory").toEqual(process.platform === "linux" ? [known] : []);
    const metrics = await (await request(`${gateway.adminOrigin}/metrics`)).body.text();
    const entries = readEntries(gateway.logFile);
    expect(entries.map(({ kind }) => kind)).toContain("lookup.outcome");
    expect(findMarkers(Buffer.from(metrics + JSON.stringify(entries)), secrets), "metrics, entries").toEqual(
      [],
    );
    const files = await searchFolder(gateway.home, [...secrets, agent.party.member.node]);
    expect(files, "database, journal, what it printed").toEqual([agent.party.member.node]);
  });
});
