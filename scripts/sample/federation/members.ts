import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type SampleNode, sampleNodes } from "../data/index.ts";
import { runNode } from "../processes/index.ts";
import type { Addresses } from "./addresses.ts";
import { type Layout, programs } from "./layout.ts";
import { createService, gatewaySpec } from "./services.ts";

export const gatewayNode = "sz";

/**
 * Makes the gateway and the agents as their operators would: the city invites, each member makes its own keys and
 * asks to be listed, and the city approves by the fingerprint that the member reads out. Whatever an interrupted run
 * left is made anew.
 */
export async function createMembers(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  const operator = (...args: string[]) =>
    runNode(programs.gateway, [...args, "--home", layout.gateway], signal);
  await rm(layout.gateway, { recursive: true, force: true });
  await operator(...gatewayInit(addresses));
  const gateway = createService(gatewaySpec(layout, addresses), { signal, onLost: () => {} });
  await gateway.start();
  try {
    const fingerprints = await Promise.all(
      sampleNodes.map(async (node) => {
        const invitation = await operator(...invite(node));
        return enrol(node, invitation, layout, addresses, signal);
      }),
    );
    // One after the other: each approval is a version of the registry.
    for (const [place, { node }] of sampleNodes.entries()) {
      await operator("members", "approve", node, "--fingerprint", fingerprints[place] ?? "");
    }
  } finally {
    await gateway.stop();
  }
}

function gatewayInit({ gateway, admin }: Addresses): string[] {
  return [
    "init",
    ...["--node", gatewayNode, "--division", "440300", "--name-zh", "深圳市", "--name-en", "Shenzhen"],
    ...["--listen", gateway, "--admin", admin],
  ];
}

function invite({ node, name, role, division }: SampleNode): string[] {
  return [
    ...["members", "invite", node, "--name-zh", name.zh, "--name-en", name.en],
    ...["--role", role, "--division", division, "--jurisdiction", division],
  ];
}

const receiptSchema = z.object({ fingerprint: z.string() });

/** @returns the fingerprint that the member reads out */
async function enrol(
  { node }: SampleNode,
  invitation: string,
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<string> {
  const home = layout.agent(node);
  await rm(home, { recursive: true, force: true });
  const file = await writeOffer(layout, node, invitation);
  const ports = ["--listen", addresses.agent(node), "--local", addresses.local(node)];
  await runNode(programs.agent, ["init", "--home", home, "--invitation", file, ...ports], signal);
  // Handed over with the invitation: Bao'an imports its files before the city's gateway is up for good.
  await copyFile(join(layout.gateway, "catalogue", "1.jws"), join(home, "catalogue.jws"));
  const receipt = await runNode(programs.agent, ["enrol", "--home", home, "--json"], signal);
  return receiptSchema.parse(JSON.parse(receipt)).fingerprint;
}

/** What city and member hand to one another; returns the file. */
export async function writeOffer(layout: Layout, node: string, text: string): Promise<string> {
  const folder = join(layout.data, "offers");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${node}.json`);
  await writeFile(file, text);
  return file;
}
