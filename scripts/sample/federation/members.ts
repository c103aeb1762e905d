import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleNodes } from "../data/index.ts";
import { runNode } from "../processes/index.ts";
import type { Addresses } from "./addresses.ts";
import { type Layout, programs } from "./layout.ts";

export const gatewayNode = "sz";

/**
 * Makes the gateway and the agents as their operators would: each with keys of its own, each agent
 * offered to the gateway, which admits it. Whatever an interrupted run left is made anew.
 */
export async function createMembers(
  layout: Layout,
  addresses: Addresses,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rm(layout.gateway, { recursive: true, force: true });
  await runNode(programs.gateway, gatewayInit(layout, addresses), signal);
  const registryKey = await runNode(programs.gateway, ["registry", "key", "--home", layout.gateway], signal);
  const offers = await Promise.all(
    sampleNodes.map(async (node) => {
      await rm(layout.agent(node.node), { recursive: true, force: true });
      const offer = await runNode(
        programs.agent,
        agentInit(node, layout, addresses, registryKey.trim()),
        signal,
      );
      return writeOffer(layout, node.node, offer);
    }),
  );
  await runNode(programs.gateway, ["members", "add", ...offers, "--home", layout.gateway], signal);
}

function gatewayInit(layout: Layout, { gateway, admin }: Addresses): string[] {
  return [
    "init",
    ...["--home", layout.gateway, "--node", gatewayNode, "--division", "440300"],
    ...["--name-zh", "深圳市", "--name-en", "Shenzhen", "--listen", gateway, "--admin", admin],
  ];
}

function agentInit(
  { node, name, role, division }: (typeof sampleNodes)[number],
  layout: Layout,
  addresses: Addresses,
  registryKey: string,
): string[] {
  return [
    "init",
    ...["--registry-key", registryKey],
    ...["--home", layout.agent(node), "--node", node, "--name-zh", name.zh, "--name-en", name.en],
    ...["--role", role, "--division", division, "--jurisdiction", division],
    ...["--gateway-node", gatewayNode, "--gateway-origin", `http://${addresses.gateway}`],
    ...["--listen", addresses.agent(node), "--local", addresses.local(node), "--json"],
  ];
}

/** What an agent hands to the city to be admitted; returns the file. */
export async function writeOffer(layout: Layout, node: string, text: string): Promise<string> {
  const folder = join(layout.data, "offers");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${node}.json`);
  await writeFile(file, text);
  return file;
}
