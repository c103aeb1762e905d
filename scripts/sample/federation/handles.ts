import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type lookupSchema, type OpenedExchange, openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { parseProblem } from "@xinqiao/protocol/problem";
import { disputeSchema, recordSchema } from "@xinqiao/protocol/record";
import { z } from "zod";
import { auditor, type SampleNode, type SampleNodeId } from "../data/index.ts";
import { runNode } from "../processes/index.ts";
import { SampleError } from "../sample-error.ts";
import type { Addresses } from "./addresses.ts";
import type { Layout } from "./layout.ts";
import { gatewayNode } from "./members.ts";
import type { Service } from "./services.ts";

type Starts = Pick<Service, "running" | "start" | "stop">;

/** A lookup as a platform writes it: codes are plain text, and the agent checks them. */
export type LookupInput = z.input<typeof lookupSchema>;

/** A member's running agent, as its own platform sees it. */
export interface AgentHandle extends Starts {
  readonly node: SampleNodeId;
  readonly name: SampleNode["name"];
  readonly home: string;
  /** Base of its local API. */
  readonly localUrl: string;
  /** Bearer token of its local API. */
  readonly token: string;
  readonly tokenFile: string;
  /** Asks the federation through the local API. */
  lookUp(lookup: LookupInput): Promise<OpenedExchange>;
  /** What others have shared about a subject. */
  copies(subject: LookupInput["subject"], items: readonly string[]): Promise<readonly Copy[]>;
  /** Runs a command of `xinqiao` in its home, and gives what it printed. */
  run(args: readonly string[], signal?: AbortSignal): Promise<string>;
}

const copiesSchema = z.object({
  copies: z.array(
    z.object({ source: z.string(), record: recordSchema, disputes: z.array(disputeSchema).optional() }),
  ),
});
export type Copy = z.output<typeof copiesSchema>["copies"][number];

/** Who reads the log, at its command line. */
export interface AuditorHandle {
  readonly node: string;
  readonly name: SampleNode["name"];
  readonly home: string;
  /** Base of its local API. */
  readonly localUrl: string;
  /** Runs a command of `xinqiao` in its home, and gives what it printed. */
  run(args: readonly string[], signal?: AbortSignal): Promise<string>;
  /** Runs a command that needs nothing of its home, nor any key. */
  check(args: readonly string[], signal?: AbortSignal): Promise<string>;
}

export function auditorHandle(layout: Layout, addresses: Addresses): AuditorHandle {
  const { node, name } = auditor;
  const home = layout.agent(node);
  const check: AuditorHandle["check"] = (args, signal) =>
    runNode(layout.programs["node-agent"], args, signal);
  const localUrl = `http://${addresses.local(node)}`;
  return { node, name, home, localUrl, run: runAt(home, layout), check };
}

function runAt(home: string, { programs }: Layout): AuditorHandle["run"] {
  return (args, signal) => runNode(programs["node-agent"], [...args, "--home", home], signal);
}

const targetsSchema = z.array(z.object({ node: z.string(), state: z.string() }));
export type Target = z.output<typeof targetsSchema>[number];

const witnessesSchema = z.object({
  quorum: z.number(),
  newest: z.object({ size: z.number(), members: z.array(z.string()) }).optional(),
});
/** Who has cosigned the gateway's log, and up to where. */
export type WitnessedLog = z.output<typeof witnessesSchema>;

export interface GatewayHandle extends Starts {
  readonly node: string;
  readonly home: string;
  /** What members reach and sign for. */
  readonly origin: string;
  /** Health, metrics and targets. */
  readonly adminUrl: string;
  /** How its breakers stand. A node it has not asked yet has none. */
  targets(): Promise<readonly Target[]>;
  /** Runs a command of `xinqiao-gateway` in its home, and gives what it printed. */
  run(args: readonly string[], signal?: AbortSignal): Promise<string>;
  witnesses(): Promise<WitnessedLog>;
}

export function gatewayHandle(service: Service, layout: Layout, addresses: Addresses): GatewayHandle {
  const adminUrl = `http://${addresses.admin}`;
  return {
    ...startsOf(service),
    get running() {
      return service.running;
    },
    node: gatewayNode,
    home: layout.gateway,
    origin: `http://${addresses.gateway}`,
    run: (args, signal) => runNode(layout.programs.gateway, [...args, "--home", layout.gateway], signal),
    adminUrl,
    witnesses: async () => witnessesSchema.parse(await (await fetch(`${adminUrl}/witnesses`)).json()),
    targets: async () => targetsSchema.parse(await (await fetch(`${adminUrl}/targets`)).json()),
  };
}

export async function agentHandle(
  { node, name }: SampleNode,
  service: Service,
  layout: Layout,
  addresses: Addresses,
): Promise<AgentHandle> {
  const home = layout.agent(node);
  const tokenFile = join(home, "local.token");
  const token = (await readFile(tokenFile, "utf8")).trim();
  const localUrl = `http://${addresses.local(node)}`;
  return {
    ...startsOf(service),
    get running() {
      return service.running;
    },
    node,
    name,
    home,
    localUrl,
    token,
    tokenFile,
    lookUp: async (lookup) =>
      openedExchangeSchema.parse(await askLocally(`${localUrl}/v1/lookups`, token, lookup)),
    copies: async (subject, items) =>
      copiesSchema.parse(await askLocally(`${localUrl}/v1/copies`, token, { subject, items })).copies,
    run: runAt(home, layout),
  };
}

function startsOf({ start, stop }: Service): Pick<Service, "start" | "stop"> {
  return { start, stop };
}

async function askLocally(url: string, token: string, question: object): Promise<unknown> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(question),
  });
  const text = await reply.text();
  if (reply.ok) return JSON.parse(text);
  const problem = parseProblem(text);
  const why = problem === undefined ? "" : ` ${problem.code}: ${problem.titleZh} ${problem.title}`;
  throw new SampleError(`${url} answered ${reply.status}${why}`);
}
