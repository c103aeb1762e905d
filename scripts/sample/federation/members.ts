import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { auditor, peerPlace, type SamplePlace, sampleNodes } from "../data/index.ts";
import { runNode } from "../processes/index.ts";
import type { Addresses, CityAddresses } from "./addresses.ts";
import type { Layout } from "./layout.ts";
import { createService, gatewaySpec, peerGatewaySpec, type ServiceSpec } from "./services.ts";

export const gatewayNode = "sz";
export const peerGatewayNode = "dg-city";

type CityLayout = Pick<Layout, "data" | "programs"> & Layout["peer"];

/** One city and who is in it. */
interface CityPlan {
  readonly node: string;
  readonly name: SamplePlace["name"];
  readonly division: string;
  readonly layout: CityLayout;
  readonly addresses: CityAddresses;
  readonly service: ServiceSpec;
  readonly members: readonly MemberPlan[];
}

interface MemberPlan extends Pick<SamplePlace, "node" | "name" | "division"> {
  readonly role: SamplePlace["role"] | (typeof auditor)["role"];
  /** What it answers for, when it answers. */
  readonly jurisdiction?: string;
}

/** Shenzhen's gateway, its four members, and who reads its log. */
export function createMembers(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const shenzhen: CityPlan = {
    node: gatewayNode,
    name: { zh: "深圳市", en: "Shenzhen" },
    division: "440300",
    layout,
    addresses,
    service: gatewaySpec(layout, addresses),
    members: [...sampleNodes.map((node) => ({ ...node, jurisdiction: node.division })), auditor],
  };
  return createCity(shenzhen, signal);
}

/** Dongguan's own gateway, and the place behind it. */
export function createPeerCity(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const dongguan: CityPlan = {
    node: peerGatewayNode,
    name: { zh: "东莞市", en: "Dongguan" },
    division: "441900",
    layout: { ...layout, ...layout.peer },
    addresses: addresses.peer,
    service: peerGatewaySpec(layout, addresses),
    members: [{ ...peerPlace, jurisdiction: peerPlace.node }],
  };
  return createCity(dongguan, signal);
}

/**
 * Makes a gateway and its agents as their operators would: the city invites, each member makes its own keys and
 * asks to be listed, and the city approves by the fingerprint that the member reads out. Whatever an interrupted run
 * left is made anew.
 */
async function createCity(city: CityPlan, signal: AbortSignal | undefined): Promise<void> {
  const { layout, members } = city;
  const operator = (...args: string[]) =>
    runNode(layout.programs.gateway, [...args, "--home", layout.gateway], signal);
  await rm(layout.gateway, { recursive: true, force: true });
  await operator(...gatewayInit(city));
  const gateway = createService(city.service, { signal, onLost: () => {} });
  await gateway.start();
  try {
    const fingerprints = await Promise.all(
      members.map(async (member) => enrol(member, await operator(...invite(member)), city, signal)),
    );
    // One after the other: each approval is a version of the registry.
    for (const [place, { node }] of members.entries()) {
      await operator("members", "approve", node, "--fingerprint", fingerprints[place] ?? "");
    }
    const agreements = agreementsBetween(members);
    if (agreements.length > 0) await operator("agreements", "add", ...agreements, "--from", "2026-01-01");
  } finally {
    await gateway.stop();
  }
}

/** Every city of these with every other. */
function agreementsBetween(members: readonly MemberPlan[]): string[] {
  const cities = [...new Set(members.map(({ division }) => division.slice(0, 4)))];
  return cities.flatMap((one, at) => cities.slice(at + 1).map((other) => `${one}:${other}`));
}

function gatewayInit({ node, name, division, addresses: { gateway, admin } }: CityPlan): string[] {
  return [
    "init",
    ...["--node", node, "--division", division, "--name-zh", name.zh, "--name-en", name.en],
    ...["--listen", gateway, "--admin", admin],
  ];
}

function invite({ node, name, role, division, jurisdiction }: MemberPlan): string[] {
  return [
    ...["members", "invite", node, "--name-zh", name.zh, "--name-en", name.en],
    ...["--role", role, "--division", division],
    ...(jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction]),
  ];
}

const receiptSchema = z.object({ fingerprint: z.string() });

/** @returns the fingerprint that the member reads out */
async function enrol(
  { node }: MemberPlan,
  invitation: string,
  { layout, addresses }: CityPlan,
  signal: AbortSignal | undefined,
): Promise<string> {
  const home = layout.agent(node);
  await rm(home, { recursive: true, force: true });
  const file = await writeOffer(layout, node, invitation);
  const ports = ["--listen", addresses.agent(node), "--local", addresses.local(node)];
  await runNode(
    layout.programs["node-agent"],
    ["init", "--home", home, "--invitation", file, ...ports],
    signal,
  );
  // Handed over with the invitation: members import their files before the city's gateway is up for good.
  await copyFile(join(layout.gateway, "catalogue", "1.jws"), join(home, "catalogue.jws"));
  const receipt = await runNode(layout.programs["node-agent"], ["enrol", "--home", home, "--json"], signal);
  return receiptSchema.parse(JSON.parse(receipt)).fingerprint;
}

/** What city and member hand to one another; returns the file. */
export async function writeOffer(layout: Pick<Layout, "data">, node: string, text: string): Promise<string> {
  const folder = join(layout.data, "offers");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${node}.json`);
  await writeFile(file, text);
  return file;
}
