import { type Peer, peerSchema, type RegistryDocument, roles } from "@xinqiao/protocol/registry";
import { instantOf } from "@xinqiao/runtime/calendar";
import { CommandError, runCommand } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import type { Command } from "commander";
import { openForPublishing } from "./publishing.ts";

export interface PeerOptions {
  readonly home: string;
  readonly origin: string;
  readonly keys: string;
  readonly divisions: string;
  readonly names?: string;
  readonly jurisdictions?: string;
  readonly roles: string;
  readonly from?: string;
  readonly until?: string;
}

const list = (text: string) => text.split(",").filter(Boolean);

/** Approves another city's gateway, or changes what was agreed with it. */
export function addPeer(city: string, options: PeerOptions, now: () => number): Promise<RegistryDocument> {
  const parsed = parseConfig(peerSchema, {
    city,
    origin: options.origin,
    keys: list(options.keys),
    divisions: list(options.divisions),
    names: list(options.names ?? city.split("-")[0] ?? city),
    ...(options.jurisdictions !== undefined && { jurisdictions: list(options.jurisdictions) }),
    roles: list(options.roles),
    notBefore: instantOf(options.from) ?? new Date(now()).toISOString(),
    ...(options.until !== undefined && { notAfter: instantOf(options.until) }),
  });
  if (!parsed.ok) throw new ConfigError("options", parsed.error);
  return changePeers(options.home, now, (peers) => [...without(peers, city), parsed.value]);
}

export function removePeer(city: string, home: string, now: () => number): Promise<RegistryDocument> {
  return changePeers(home, now, (peers) => {
    if (!peers.some((peer) => peer.city === city)) {
      throw new CommandError(`${city} is no peer · 不是已对接城市`);
    }
    return without(peers, city);
  });
}

export function describePeers({ peers = [] }: RegistryDocument): string {
  return peers.length === 0 ? "no peers · 无对接城市" : peers.map(describePeer).join("\n");
}

function describePeer(peer: Peer): string {
  const { city, origin, keys, divisions, jurisdictions = [], names, roles: agreed } = peer;
  const { notBefore, notAfter } = peer;
  return [
    city,
    origin,
    ...keys,
    names.join(","),
    [...divisions, ...jurisdictions].join(","),
    agreed.join(","),
    `${notBefore} – ${notAfter ?? ""}`,
  ].join("\t");
}

const without = (peers: readonly Peer[], city: string) => peers.filter((peer) => peer.city !== city);

async function changePeers(
  home: string,
  now: () => number,
  change: (peers: readonly Peer[]) => Peer[],
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  return registry.publish(({ iss, peers = [] }) => {
    const next = change(peers);
    if (next.some(({ city }) => city === iss)) {
      throw new CommandError("a city is no peer of its own · 不能与本市对接");
    }
    return { peers: next };
  });
}

export function addPeerCommands(program: Command, home: readonly [string, string, string]): void {
  const peers = program.command("peers").description("other cities' gateways · 已对接的城市");
  peers
    .command("list")
    .option(...home)
    .action((options: { home: string }) =>
      runCommand(async () => {
        const registry = await openForPublishing(options.home, Date.now);
        return describePeers((await registry.newest()).document);
      }),
    );
  peers
    .command("add <city>")
    .option(...home)
    .requiredOption("--origin <url>", "where its gateway is reached · 对方网关地址")
    .requiredOption(
      "--keys <thumbprints>",
      "its registry keys, as it said by another way · 对方成员清单密钥指纹",
    )
    .requiredOption("--divisions <prefixes>", "its members lie under these, e.g. 4419 · 行政区划前缀")
    .option(
      "--names <ids>",
      "its node ids are these or begin with one and a hyphen; the first part of its own when left out · 节点编号前缀",
    )
    .option("--jurisdictions <names>", "places of its without a code of their own · 无代码的片区")
    .option("--roles <roles>", `of ${roles.join(", ")}`, "district,source-unit")
    .option("--from <day>", "of the agreement; now when left out · 协议起始日")
    .option("--until <day>", "the first day it is in force no more · 协议终止日")
    .description("approve it, within these bounds · 在限定范围内对接")
    .action((city: string, options: PeerOptions) =>
      runCommand(async () => describePeers(await addPeer(city, options, Date.now))),
    );
  peers
    .command("remove <city>")
    .option(...home)
    .description("its members are known here no more · 解除对接")
    .action((city: string, options: { home: string }) =>
      runCommand(async () => describePeers(await removePeer(city, options.home, Date.now))),
    );
}
