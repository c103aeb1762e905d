import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePenaltyFile } from "./penalties.ts";
import { agentMain, freePort, gatewayMain, type Running, run, startProcess } from "./processes.ts";

export interface BenchMember {
  readonly node: string;
  /** Nobody's data lies at a member without one: it only asks. */
  readonly jurisdiction: string | undefined;
}

/** 福田 only asks; the others answer, each for itself. */
const usual: readonly [BenchMember, ...BenchMember[]] = [
  { node: "sz-futian", jurisdiction: undefined },
  { node: "sz-baoan", jurisdiction: "440306" },
  { node: "sz-longgang", jurisdiction: "440307" },
  { node: "dg", jurisdiction: "441900" },
  { node: "hz", jurisdiction: "441300" },
];

/** What `deploy/agent.env.example` tells Node. */
export const asDeployed = { NODE_OPTIONS: "--max-old-space-size=256 --max-semi-space-size=8" };

export interface BenchAgent {
  readonly node: string;
  readonly home: string;
  readonly local: string;
  readonly token: string;
  readonly process: Running;
}

export interface BenchFederation {
  /** The file that was, or is to be, imported. */
  readonly data: string;
  /** The gateway's home. */
  readonly city: string;
  readonly gateway: Running;
  readonly asker: BenchAgent;
  readonly answering: readonly BenchAgent[];
  close(): Promise<void>;
}

export interface BenchOptions {
  /** What members share, by node; who is not named shares nothing. */
  readonly sharing?: Readonly<Record<string, object>>;
  /** Whoever has a jurisdiction imports the same file, unless somebody else does it later. */
  readonly members?: readonly BenchMember[];
  readonly importing?: boolean;
}

/** A gateway and five agents as real processes, set up by the product's own command lines. */
export async function startBenchFederation(
  folder: string,
  subjects: number,
  { sharing = {}, members = usual, importing = true }: BenchOptions = {},
): Promise<BenchFederation> {
  const city = join(folder, "sz");
  const { port, admin } = await makeCity(city);
  const data = join(folder, "penalties.csv");
  writePenaltyFile(data, subjects);

  const made = [];
  const registryKey = run(gatewayMain, ["registry", "key", "--home", city]).trim();
  for (const { node, jurisdiction } of members)
    made.push(await makeAgent(folder, node, jurisdiction, port, registryKey));
  run(gatewayMain, ["members", "add", "--home", city, ...made.map(({ offer }) => offer)]);
  for (const { home } of made) copyFileSync(join(city, "catalogue", "1.jws"), join(home, "catalogue.jws"));
  for (const { home, answers } of made)
    if (answers && importing) run(agentMain, ["import", "--home", home, data]);
  for (const { node, home } of made) editConfig(join(home, "agent.json"), { sharing: sharing[node] });
  const gateway = await startProcess(
    [gatewayMain, "serve", "--home", city],
    `http://127.0.0.1:${admin}/readyz`,
  );
  const [first] = made;
  // A process keeps its compiled code when it ends: without one that has ended the others would be larger than deployed.
  if (first)
    await (
      await startProcess([agentMain, "serve", "--home", first.home], `${first.local}/readyz`, asDeployed)
    ).stop();
  const agents: BenchAgent[] = [];
  for (const { node, home, local } of made) {
    const process = await startProcess([agentMain, "serve", "--home", home], `${local}/readyz`, asDeployed);
    agents.push({
      node,
      home,
      local,
      token: readFileSync(join(home, "local.token"), "utf8").trim(),
      process,
    });
  }
  const [asker, ...answering] = agents;
  if (asker === undefined) throw new Error("no agent");
  return {
    data,
    city,
    gateway,
    asker,
    answering,
    async close() {
      await Promise.all([gateway, ...agents.map(({ process }) => process)].map((running) => running.stop()));
    },
  };
}

async function makeAgent(
  folder: string,
  node: string,
  jurisdiction: string | undefined,
  gatewayPort: number,
  registryKey: string,
) {
  const home = join(folder, node);
  const [listen, local] = [await freePort(), await freePort()];
  const offer = join(folder, `${node}.json`);
  writeFileSync(
    offer,
    run(agentMain, [
      "init",
      "--home",
      home,
      "--node",
      node,
      "--name-zh",
      `示例${node}`,
      "--name-en",
      `Sample ${node}`,
      "--division",
      "440300",
      ...(jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction]),
      "--gateway-node",
      "sz",
      "--gateway-origin",
      `http://127.0.0.1:${gatewayPort}`,
      "--registry-key",
      registryKey,
      "--listen",
      `127.0.0.1:${listen}`,
      "--local",
      `127.0.0.1:${local}`,
      "--json",
    ]),
  );
  editConfig(join(home, "agent.json"), { logLevel: "warn", limits: { connections: 128 } });
  return { node, home, offer, local: `http://127.0.0.1:${local}`, answers: jurisdiction !== undefined };
}

function editConfig(file: string, change: object): void {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }, null, 2));
}

async function makeCity(city: string) {
  const [port, admin] = [await freePort(), await freePort()];
  run(gatewayMain, [
    "init",
    ...[
      "--home",
      city,
      "--node",
      "sz",
      "--name-zh",
      "深圳市",
      "--name-en",
      "Shenzhen",
      "--division",
      "440300",
    ],
    ...["--listen", `127.0.0.1:${port}`, "--admin", `127.0.0.1:${admin}`],
  ]);
  editConfig(join(city, "gateway.json"), {
    limits: { perMember: { requests: 1_000_000, perSeconds: 1 } },
    logLevel: "warn",
  });
  return { port, admin };
}
