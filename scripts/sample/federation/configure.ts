import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Member } from "@xinqiao/protocol/registry";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { z } from "zod";
import { auditor, type SampleNode, sampleNodes, sharedItems } from "../data/index.ts";
import {
  dgSource,
  hzSource,
  longgangSource,
  reader,
  readKey,
  readPassword,
  type SourceConfig,
} from "../platforms/index.ts";
import { runNode } from "../processes/index.ts";
import type { Addresses } from "./addresses.ts";
import { amend } from "./amend.ts";
import type { Layout } from "./layout.ts";
import { writeOffer } from "./members.ts";

const objectSchema = z.looseObject({});
const configSchema = z.looseObject({ gateway: objectSchema, intake: objectSchema.optional() });

/**
 * Brings the homes in step with this start's addresses: ports may differ from last time, keys, logs and
 * records stay. Does nothing where nothing changed.
 */
export async function configure(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  await amend(join(layout.gateway, "gateway.json"), {
    listen: addresses.gateway,
    origin: `http://${addresses.gateway}`,
    admin: addresses.admin,
    // Sooner than a city needs it: whoever tries it out is waiting.
    witnesses: { quorum: 3, everySeconds: 1 },
  });
  for (const node of sampleNodes) {
    await configureAgent(node.node, layout, addresses, {
      sources: [await sourceOf(node, layout, addresses)],
      ...sharedBy(node, layout),
    });
  }
  await configureAgent(auditor.node, layout, addresses);
  await readmitMoved(layout, addresses, signal);
}

async function configureAgent(
  node: string,
  layout: Layout,
  addresses: Addresses,
  more: {
    readonly sources?: readonly SourceConfig[];
    readonly sharing?: object;
    readonly deliveries?: readonly object[];
    readonly intake?: object;
  } = {},
): Promise<void> {
  const file = join(layout.agent(node), "agent.json");
  const listen = addresses.agent(node);
  const { gateway, intake } = configSchema.parse(await readJson(file));
  await amend(file, {
    listen,
    origin: `http://${listen}`,
    local: addresses.local(node),
    gateway: { ...gateway, origin: `http://${addresses.gateway}` },
    ...more,
    // What somebody has tried out beside the folder stays.
    ...(more.intake && { intake: { ...intake, ...more.intake } }),
  });
}

/** Bao'an takes files in from a folder and tells of its lists and penalties; Longgang and Dongguan want copies, Longgang in a table of its platform. */
function sharedBy({ node }: SampleNode, layout: Layout) {
  switch (node) {
    case "sz-baoan":
      return { intake: { folder: layout.handover }, sharing: { publish: sharedItems } };
    case "sz-longgang": {
      const table = { type: "table", name: "platform", dialect: "sqlite", url: layout.delivered };
      return { sharing: { subscribe: { items: sharedItems } }, deliveries: [table] };
    }
    case "dg":
      return { sharing: { subscribe: { items: sharedItems } } };
    case "hz":
      return {};
  }
}

async function sourceOf({ node }: SampleNode, layout: Layout, addresses: Addresses): Promise<SourceConfig> {
  const platform = layout.platform(node);
  switch (node) {
    case "sz-longgang":
      return longgangSource(platform);
    case "dg":
      return dgSource(addresses.dgPort, await readPassword(platform, reader));
    case "hz":
      return hzSource(addresses.hzPort, await readKey(platform));
    case "sz-baoan":
      return { type: "file", name: "baoan-files" };
  }
}

/** An agent that is reached elsewhere now is admitted again, under its new address. */
async function readmitMoved(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const members = await readMembers(layout);
  const offers: string[] = [];
  for (const member of members) {
    const moved = movedMember(member, addresses);
    if (moved) offers.push(await writeOffer(layout, member.node, JSON.stringify(moved)));
  }
  if (offers.length === 0) return;
  await runNode(layout.programs.gateway, ["members", "add", ...offers, "--home", layout.gateway], signal);
}

function movedMember(member: Member, addresses: Addresses): Member | undefined {
  if (member.endpoint === undefined) return undefined;
  const endpoint = `http://${addresses.agent(member.node)}`;
  return member.endpoint === endpoint ? undefined : { ...member, endpoint };
}

async function readMembers(layout: Layout): Promise<readonly Member[]> {
  const folder = join(layout.gateway, "registry");
  const versions = (await readdir(folder)).map((name) => Number.parseInt(name, 10)).filter(Number.isInteger);
  const registry = await readRegistryFile(join(folder, `${Math.max(...versions)}.jws`), Date.now());
  return registry?.document.members ?? [];
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}
