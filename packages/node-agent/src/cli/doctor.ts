import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { thumbprint } from "@xinqiao/protocol/keys";
import { boundsOf, intervalAt } from "@xinqiao/protocol/reconciliation";
import { encryptionKeyAt, holdsKey, type Registry, registryStanding } from "@xinqiao/protocol/registry";
import { readCatalogueFile } from "@xinqiao/runtime/catalogue";
import { CommandError } from "@xinqiao/runtime/cli";
import { readDecryptionKeys, readPublicKey } from "@xinqiao/runtime/keys";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { request } from "undici";
import { type AgentConfig, encryptionKeyFiles, loadConfig } from "../config/index.ts";
import { unusablePlaces } from "../handover/index.ts";
import { createSources } from "../source/index.ts";
import { type AgentStore, openStoreToChange, openWitnessBook } from "../store/index.ts";
import { streamNames, streamsFaults } from "../streams/index.ts";
import { checkDeliveries } from "./doctor-deliveries.ts";
import { checkTelling } from "./doctor-sharing.ts";
import { whyUnreadable } from "./unreadable-store.ts";

const dayMs = 86_400_000;

/** Checks everything `serve` needs, without serving. Throws with every finding. */
export async function doctor(home: string): Promise<string> {
  const config = await loadConfig(home);
  const findings: string[] = [];
  const keyId = thumbprint(await readPublicKey(config.signingKey));
  const [sealedTo] = (await readDecryptionKeys(encryptionKeyFiles(config))).keys();
  const registry = await readRegistryFile(config.registry, Date.now());
  if (registry === undefined) {
    findings.push(
      "no registry yet: `xinqiao serve` takes it from the city · 尚未取得成员清单，请先运行 serve",
    );
  } else {
    checkRegistry(registry, config, keyId, findings);
    checkEncryptionKey(registry, config, sealedTo, findings);
  }
  const catalogue = await readCatalogueFile(config.catalogue);
  if (catalogue === undefined) {
    findings.push("no catalogue yet: `xinqiao serve` takes it from the city · 尚未取得目录，请先运行 serve");
  }
  const intake = await checkFolder(config, findings);
  const held = await checkStore(config, catalogue?.catalogue, findings);
  const reachable = await gatewayAnswers(config.gateway.origin);
  if (!reachable) findings.push(`the gateway does not answer at ${config.gateway.origin} · 无法连接网关`);
  const log = checkLog(config, findings);
  if (findings.length > 0) throw new CommandError(findings.join("\n"));
  return [
    `node · 节点\t${config.node}\t${keyId}`,
    `encryption key · 加密密钥\t${sealedTo ?? "none: no authorised answers · 无，不能取得授权查询的应答"}`,
    `registry · 成员清单\tversion ${registry?.document.version}`,
    `catalogue · 目录\tversion ${catalogue?.document.version}`,
    `sources · 数据源\t${held?.sources}`,
    `intake · 报送\t${intake}`,
    `tables and services · 库表与服务\t${held?.streams}`,
    `deliveries · 副本交付\t${held?.deliveries}`,
    `sharing · 共享\t${held?.sharing}`,
    `books · 对账\t${held?.books}`,
    `gateway · 网关\t${config.gateway.origin}`,
    `the city's log · 市级日志\t${log}`,
    "all is well · 一切正常",
  ].join("\n");
}

/** What needs the store; one that this version's agent has not opened yet is left as it is. */
async function checkStore(config: AgentConfig, catalogue: Catalogue | undefined, findings: string[]) {
  const opened = openStoreToChange(config.store);
  if (!opened.ok) {
    findings.push(whyUnreadable(config.store, opened.error));
    return undefined;
  }
  const store = opened.value;
  try {
    return {
      streams: catalogue && (await checkStreams(config, store, catalogue, findings)),
      sharing: checkTelling(config, store, Date.now(), findings),
      books: lastReconciled(config, store, findings),
      sources: catalogue && (await checkSources(config, store, catalogue, findings)),
      deliveries: await checkDeliveries(config, store, findings),
    };
  } finally {
    store.close();
  }
}

function checkRegistry(
  { directory, document }: Registry,
  config: AgentConfig,
  keyId: string,
  findings: string[],
): void {
  if (directory.key(keyId)?.member.node !== config.node) {
    findings.push(
      "the signing key is not listed for this node: is this member admitted? · 成员清单中没有本节点密钥",
    );
  } else if (!holdsKey(directory, config.node, keyId, Date.now())) {
    findings.push("the signing key has ended, or does not count yet · 签名密钥已失效或尚未生效");
  }
  const status = directory.member(config.node)?.status ?? "active";
  if (status !== "active") findings.push(`this member is ${status} · 成员当前状态: ${status}`);
  if (directory.member(config.gateway.node) === undefined) {
    findings.push(`the gateway ${config.gateway.node} is not in the registry · 成员清单中没有网关`);
  }
  if (registryStanding(document, Date.now()) !== "current") {
    findings.push("the registry held is past its end · 本地成员清单已过期");
  }
}

/** What is sealed to a key that is gone nobody can open. */
function checkEncryptionKey(
  { directory }: Registry,
  { node }: AgentConfig,
  held: string | undefined,
  findings: string[],
): void {
  const member = directory.member(node);
  const listed = member && encryptionKeyAt(member, Date.now())?.keyId;
  if (member === undefined || held === listed) return;
  findings.push(
    held === undefined
      ? "the registry lists an encryption key that is not in agent.json · 配置缺少成员清单中的加密密钥"
      : "the encryption key is not the one that the registry lists: send the city its entry · 加密密钥未登记",
  );
}

async function checkSources(
  config: AgentConfig,
  store: AgentStore,
  catalogue: Catalogue,
  findings: string[],
): Promise<string> {
  const source = await createSources(config.sources, {
    store,
    catalogue: () => catalogue,
    jurisdiction: config.jurisdiction,
    now: Date.now,
  });
  try {
    const checked = await source.check(AbortSignal.timeout(5_000));
    if (checked.ok) return checked.value.detail;
    findings.push(`a source cannot be read · 数据源不可用: ${checked.error.detail ?? checked.error.code}`);
    return "";
  } finally {
    await source.close();
  }
}

/** As whoever runs this: the agent's own user, where that is to say anything of its rights. */
async function checkFolder({ node, intake: { folder } }: AgentConfig, findings: string[]): Promise<string> {
  if (folder === undefined) return "no folder is watched · 未设报送文件夹";
  for (const place of await unusablePlaces(folder, node)) {
    findings.push(`files cannot be handed over there · 报送文件夹不可用: ${place}`);
  }
  return folder;
}

/** Whether the platform's tables and services can be followed, and what waits for somebody. */
async function checkStreams(
  { intake, jurisdiction, identifierExceptions }: AgentConfig,
  store: AgentStore,
  catalogue: Catalogue,
  findings: string[],
): Promise<string> {
  if (jurisdiction === undefined || streamNames(intake).length === 0) return "none · 无";
  const exceptions = new Set(identifierExceptions);
  const about = {
    store,
    catalogue: () => catalogue,
    jurisdiction,
    exceptions,
    env: process.env,
    now: Date.now,
  };
  for (const fault of await streamsFaults(intake, about)) {
    findings.push(`it cannot be followed · 无法跟踪: ${fault}`);
  }
  const standings = store.streams.standings();
  for (const { name, missing } of standings) {
    if (missing === null) continue;
    findings.push(
      `${missing} rows of ${name} are gone; see \`xinqiao intake confirm\` · ${name} 有 ${missing} 行消失，待确认`,
    );
  }
  const kept = standings.reduce((sum, { keptBack }) => sum + keptBack, 0);
  return `${streamNames(intake).length}, ${kept} rows kept back · 行被隔离`;
}

/** What this member has seen of its city's log; two checkpoints that contradict each other are a finding. */
function checkLog({ gateway, witness }: AgentConfig, findings: string[]): string {
  const book = openWitnessBook(witness);
  try {
    const evidence = book.evidence();
    if (evidence.length > 0) {
      findings.push(
        `the city's log contradicts what it had signed: ${evidence.length} pairs of checkpoints are kept, see /v1/witness/evidence; tell the auditors · 市级日志与其曾签署的检查点矛盾，证据已留存，请告知审计人员`,
      );
    }
    const held = book.held(logOrigin(gateway.node));
    const size = held?.split("\n")[1];
    return size === undefined ? "nothing cosigned yet · 尚未见证" : `${size} entries cosigned · 条已见证签署`;
  } finally {
    book.close();
  }
}

/** The newest hour that was compared with the city's log, and what the last day came to. */
function lastReconciled(
  { mostExplainedADay }: AgentConfig,
  { reconciled }: AgentStore,
  findings: string[],
): string {
  const newest = reconciled.newest();
  if (newest === undefined) return "no hour compared yet · 尚未对账";
  const dayBefore = intervalAt(boundsOf(newest.interval).from - dayMs);
  const day = reconciled.between(dayBefore, newest.interval);
  for (const { interval, differences } of day) {
    if (differences === 0) continue;
    findings.push(
      `the book and the city's log differ in ${differences} exchanges of ${interval}: see \`xinqiao log reconcile\` · 对账有差异`,
    );
  }
  const explained = day.reduce((sum, hour) => sum + hour.explained, 0);
  if (explained > mostExplainedADay) {
    findings.push(
      `${explained} exchanges of a day were explained as lost or erased, more than ${mostExplainedADay}: see \`xinqiao log reconcile\` · 一日内“已说明”的差异过多`,
    );
  }
  return `${newest.interval}, ${newest.differences} differences · 项差异, ${explained} explained in a day · 一日内已说明`;
}

/** Any answer will do: an unsigned question is refused, which shows that someone is there. */
async function gatewayAnswers(origin: string): Promise<boolean> {
  try {
    const reply = await request(`${origin}/v1/lookups`, { method: "GET", headersTimeout: 3_000 });
    await reply.body.dump();
    return true;
  } catch {
    return false;
  }
}
