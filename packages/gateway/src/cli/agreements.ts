import { type Agreement, agreementSchema, type RegistryDocument } from "@xinqiao/protocol/registry";
import { instantOf } from "@xinqiao/runtime/calendar";
import { CommandError, runCommand } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import type { Command } from "commander";
import { openForPublishing } from "./publishing.ts";

export interface AgreementOptions {
  readonly home: string;
  readonly purposes?: string;
  readonly from?: string;
  readonly until?: string;
}

/** Lists agreements, each in the place of one between the same two cities. @param pairs `4403:4419` */
export async function addAgreements(
  pairs: readonly string[],
  { home, purposes, from, until }: AgreementOptions,
  now: () => number,
): Promise<RegistryDocument> {
  const added = pairs.map((pair): Agreement => {
    const parsed = parseConfig(agreementSchema, {
      between: pair.split(":"),
      purposes: purposes === undefined ? "all" : purposes.split(",").filter(Boolean),
      notBefore: instantOf(from) ?? new Date(now()).toISOString(),
      ...(until !== undefined && { notAfter: instantOf(until) }),
    });
    if (!parsed.ok) throw new ConfigError(pair, parsed.error);
    return parsed.value;
  });
  const registry = await openForPublishing(home, now);
  return registry.publish(({ agreements = [] }) => ({
    agreements: [...agreements.filter((held) => !added.some((each) => isSame(each, held))), ...added],
  }));
}

export async function removeAgreement(
  pair: string,
  home: string,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  return registry.publish(({ agreements = [] }) => {
    const left = agreements.filter(({ between }) => pairOf(between) !== pairOf(pair.split(":")));
    if (left.length === agreements.length) {
      throw new CommandError(`${pair} have no agreement · 两市之间没有协议`);
    }
    return { agreements: left };
  });
}

const pairOf = (between: readonly string[]) => [...between].sort().join(":");
const isSame = (one: Agreement, other: Agreement) => pairOf(one.between) === pairOf(other.between);

export function describeAgreements({ agreements }: RegistryDocument): string {
  if (agreements === undefined) return "none is asked for · 未启用协议管理";
  if (agreements.length === 0) return "none: no city may ask another · 无协议，跨市查询一律拒绝";
  return agreements
    .map(({ between, purposes, notBefore, notAfter }) =>
      [between.join(":"), purposes, `${notBefore} – ${notAfter ?? ""}`].join("\t"),
    )
    .join("\n");
}

export function addAgreementCommands(program: Command, home: readonly [string, string, string]): void {
  const agreements = program
    .command("agreements")
    .description("which cities may ask each other; once one is listed every pair needs one · 城市间协议");
  agreements
    .command("list")
    .option(...home)
    .action((options: { home: string }) =>
      runCommand(async () => {
        const registry = await openForPublishing(options.home, Date.now);
        return describeAgreements((await registry.newest()).document);
      }),
    );
  agreements
    .command("add <pairs...>")
    .option(...home)
    .option("--purposes <codes>", "comma-separated; all when left out · 用途")
    .option("--from <day>", "now when left out · 起始日")
    .option("--until <day>", "the first day it is in force no more · 终止日")
    .description("between pairs of cities, e.g. 4403:4419 · 登记协议")
    .action((pairs: string[], options: AgreementOptions) =>
      runCommand(async () => describeAgreements(await addAgreements(pairs, options, Date.now))),
    );
  agreements
    .command("remove <pair>")
    .option(...home)
    .description("end an agreement · 终止协议")
    .action((pair: string, options: { home: string }) =>
      runCommand(async () => describeAgreements(await removeAgreement(pair, options.home, Date.now))),
    );
}
