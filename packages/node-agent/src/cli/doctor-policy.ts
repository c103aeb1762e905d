import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema, subjectKinds } from "@xinqiao/protocol/identity";
import { codes } from "@xinqiao/protocol/problem";
import { registryStanding } from "@xinqiao/protocol/registry";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { z } from "zod";
import { loadConfig } from "../config/index.ts";
import { explainLookup, ownRules, type PolicyStep, requesterCanUnseal } from "../policy/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";

export interface PolicyOptions {
  readonly home: string;
  readonly requester?: string;
  readonly kind: string;
  readonly purpose: string;
  readonly items?: string;
  readonly classes?: string;
  readonly jurisdictions: string;
  readonly authorised?: boolean;
}

const list = (text: string | undefined) => text?.split(",").filter((part) => part !== "");

const lookupSchema = z.object({
  requester: nodeIdSchema,
  subjectKind: z.enum(subjectKinds),
  purpose: purposeCodeSchema,
  items: z.array(itemCodeSchema).optional(),
  classes: z.array(z.string()).optional(),
  jurisdictions: z.union([z.literal("all"), z.array(jurisdictionSchema)]),
  authorised: z.boolean(),
});

/** Neither allowed (0) nor a command that failed (1). */
const refusedExitCode = 2;

/** Explains the decision about a lookup that nobody makes, step by step, by the registry and catalogue held here. */
export async function doctorPolicy(options: PolicyOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const registry = await readRegistryFile(config.registry, Date.now());
  if (registry === undefined) {
    throw new CommandError("no registry yet: run `serve` first · 尚未取得成员清单，请先运行 serve");
  }
  const lookup = parseConfig(lookupSchema, {
    requester: options.requester ?? config.node,
    subjectKind: options.kind,
    purpose: options.purpose,
    items: list(options.items),
    classes: list(options.classes),
    jurisdictions: options.jurisdictions === "all" ? "all" : list(options.jurisdictions),
    authorised: options.authorised ?? false,
  });
  if (!lookup.ok) throw new ConfigError("options", lookup.error);
  const now = Date.now();
  const own = config.jurisdiction === undefined ? [] : [...ownRules(config.policy), requesterCanUnseal(now)];
  const { directory, document } = registry;
  const knowledge = {
    directory,
    catalogue: await heldCatalogue(config),
    today: chinaDay(now),
    now,
    standing: (graceSeconds?: number) => registryStanding(document, now, graceSeconds),
  };
  const steps = explainLookup(lookup.value, knowledge, own);
  const decisive = steps.find(({ fault }) => fault !== undefined);
  if (decisive) process.exitCode = refusedExitCode;
  return [
    `registry · 成员清单\tversion ${document.version}, ${registryStanding(document, now)}`,
    `catalogue · 目录\tversion ${knowledge.catalogue.version}`,
    stepsTable(steps),
    decisive === undefined
      ? "would be allowed · 将被允许"
      : `would be refused by · 将被拒绝，依据规则: ${decisive.rule}`,
  ].join("\n");
}

const deciders: Readonly<Record<PolicyStep["by"], string>> = {
  federation: "联邦 federation",
  node: "本节点 this node",
};

function stepsTable(steps: readonly PolicyStep[]): string {
  const rows = steps.map(({ rule, by, fault }) => {
    const why = fault === undefined ? "" : `${codes[fault.code].zh}\n${codes[fault.code].en}\n${fault.code}`;
    return [rule, deciders[by], fault === undefined ? "✓" : "✗", why];
  });
  return tableOf(["规则 rule", "由谁决定 decided by", "", "说明 why"], rows);
}
