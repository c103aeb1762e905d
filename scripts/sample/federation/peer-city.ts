import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { peerPlace, recordsOf, sampleItems } from "../data/index.ts";
import { itemOf } from "../platforms/catalogue.ts";
import { createTextFile, csvLine } from "../platforms/text-file.ts";
import { runNode } from "../processes/index.ts";
import { until } from "../until.ts";
import type { Addresses } from "./addresses.ts";
import { amend } from "./amend.ts";
import type { Layout } from "./layout.ts";
import { createPeerCity, gatewayNode, peerGatewayNode } from "./members.ts";

const fewSubjects = 20;

/** Makes Dongguan's own gateway and the place behind it, which takes in a file of its own. */
export async function preparePeerCity(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  await createPeerCity(layout, addresses, signal);
  const files = await writeFiles(join(layout.peer.gateway, ".."));
  const home = layout.peer.agent(peerPlace.node);
  await runNode(layout.programs["node-agent"], ["import", ...files, "--home", home], signal);
}

/** One file an item, in national columns. */
async function writeFiles(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const records = [...recordsOf(peerPlace, fewSubjects)];
  return sampleItems.map((item) => {
    const path = join(folder, `${item}.csv`);
    const columns = itemOf(item).fields.map(({ name }) => name);
    const file = createTextFile(path);
    file.line(csvLine(columns));
    for (const { row } of records.filter((record) => record.item === item)) {
      file.line(csvLine(columns.map((column) => row[column] ?? "")));
    }
    file.close();
    return path;
  });
}

/** Both cities look at each other every so many seconds: a demonstration does not wait for half a minute. */
const peerRefreshSeconds = 1;

/** Brings the second city's homes in step with this start's addresses, and has each city approve the other. */
export async function configurePeerCity(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { gateway, admin } = addresses.peer;
  const origin = `http://${gateway}`;
  const { node } = peerPlace;
  await amend(join(layout.gateway, "gateway.json"), { peerRefreshSeconds });
  await amend(join(layout.peer.gateway, "gateway.json"), {
    listen: gateway,
    origin,
    admin,
    peerRefreshSeconds,
  });
  const listen = addresses.peer.agent(node);
  await amend(join(layout.peer.agent(node), "agent.json"), {
    listen,
    origin: `http://${listen}`,
    local: addresses.peer.local(node),
    gateway: { node: peerGatewayNode, origin },
  });
  const operator = (home: string, ...args: string[]) =>
    runNode(layout.programs.gateway, [...args, "--home", home], signal);
  await operator(layout.peer.gateway, "members", "move", node, "--endpoint", `http://${listen}`);
  const keyOf = async (home: string) => (await operator(home, "registry", "key")).trim();
  const [own, theirs] = [await keyOf(layout.gateway), await keyOf(layout.peer.gateway)];
  const bounds = ["--divisions", "4419", "--jurisdictions", node];
  await operator(layout.gateway, ...approval(peerGatewayNode, origin, theirs), ...bounds);
  const ours = approval(gatewayNode, `http://${addresses.gateway}`, own);
  await operator(layout.peer.gateway, ...ours, "--divisions", "4403");
}

function approval(city: string, origin: string, key: string): string[] {
  return ["peers", "add", city, "--origin", origin, "--keys", key];
}

/** Without the second city nobody waits for it. */
export async function leavePeerCity(layout: Layout, signal: AbortSignal | undefined): Promise<void> {
  if (!existsSync(layout.peer.gateway)) return;
  const home = ["--home", layout.gateway];
  const listed = await runNode(layout.programs.gateway, ["peers", "list", ...home], signal);
  if (listed.includes(peerGatewayNode)) {
    await runNode(layout.programs.gateway, ["peers", "remove", peerGatewayNode, ...home], signal);
  }
}

/** Until each gateway holds the other's registry: agents that start then know everybody. */
export async function untilPeersKnown(
  { gateway, peer }: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const places = [
    `http://${gateway}/v1/peers/${peerGatewayNode}/registry`,
    `http://${peer.gateway}/v1/peers/${gatewayNode}/registry`,
  ];
  const known = async () => {
    const replies = await Promise.all(places.map(async (place) => (await fetch(place)).ok));
    return replies.every(Boolean) || undefined;
  };
  await until(known, "the two cities did not find each other · 两市网关未能互通", signal);
}
