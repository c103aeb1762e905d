import { once } from "node:events";
import { createWriteStream, existsSync, type WriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  type Criteria,
  type ExportFormat,
  exportAnswerSchema,
  exportFormats,
  exportLines,
  exportProofFileSchema,
  type SearchPlace,
  searchAnswerSchema,
  searchPage,
} from "@xinqiao/protocol/audit";
import { type QuorumJudgement, readCheckpoint } from "@xinqiao/protocol/checkpoint";
import { CommandError, countOf } from "@xinqiao/runtime/cli";
import { readConfig } from "@xinqiao/runtime/config";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { type AgentConfig, loadConfig } from "../config/index.ts";
import {
  createEntriesRoot,
  type ExportFinding,
  lineWriters,
  sha256Of,
  verifyExport,
} from "../export/index.ts";
import { openGatewayClient } from "./gateway-client.ts";
import { postLocal } from "./local-api.ts";
import { type CriteriaOptions, readCriteria } from "./log-criteria.ts";

export interface ExportOptions extends CriteriaOptions {
  readonly out: string;
}

const proofOf = (file: string) => `${file}.proof.json`;

/** Takes what a search finds away in a file, and the gateway's proof of it in another beside it. */
export async function exportLog(options: ExportOptions): Promise<string> {
  const { out } = options;
  const format = exportFormats.find((name) => extname(out) === `.${name}`);
  if (format === undefined) throw new CommandError(`--out: .${exportFormats.join(", .")}`);
  const config = await loadConfig(options.home);
  const criteria = await readCriteria(options, config);
  const checkpoint = await newestCheckpoint(config);
  const size = sizeOf(checkpoint);
  const file = createWriteStream(out, { mode: 0o600, flags: "wx" });
  await once(file, "open").catch(() => {
    throw new CommandError(`${out}: is there already, or cannot be written · 文件已存在或无法写入`);
  });
  try {
    const { lines, entries } = await writeLines({ config, criteria, size, format, file });
    const sha256 = await sha256Of(out);
    const request = { criteria, size, lines, entries, file: { format, sha256 } };
    const answered = await postLocal(config, "/v1/audit/exports", request);
    const { proof } = exportAnswerSchema.parse(JSON.parse(answered));
    await writeFile(proofOf(out), `${JSON.stringify({ proof, checkpoint }, null, 2)}\n`, { mode: 0o600 });
    return `${lines} 条 lines: ${out}, ${proofOf(out)}`;
  } catch (error) {
    // A file that nobody vouches for is none.
    file.destroy();
    await rm(out, { force: true });
    throw error;
  }
}

interface Writing {
  readonly config: AgentConfig;
  readonly criteria: Criteria;
  readonly size: number;
  readonly format: ExportFormat;
  readonly file: WriteStream;
}

async function writeLines({ config, criteria, size, format, file }: Writing) {
  const writer = await lineWriters[format](file);
  const entries = createEntriesRoot();
  let lines = 0;
  for (let after: SearchPlace | undefined, more = true; more; ) {
    const body = { criteria, limit: searchPage, size, after };
    const page = searchAnswerSchema.parse(JSON.parse(await postLocal(config, "/v1/audit/searches", body)));
    for (const line of page.lines) {
      writer.write(line);
      entries.take(line);
    }
    lines += page.lines.length;
    if (lines > exportLines)
      throw new CommandError(`more than ${exportLines} lines · 超过单次导出上限，请分段`);
    after = page.next;
    more = after !== undefined;
    if (file.writableNeedDrain) await once(file, "drain");
  }
  const finished = once(file, "close");
  await writer.end();
  await finished;
  return { lines, entries: entries.root() };
}

/** What is exported stands under a checkpoint that anybody can be shown. */
async function newestCheckpoint(config: AgentConfig): Promise<string> {
  const client = await openGatewayClient(config);
  const reply = await client.get("/log/checkpoint", {}).finally(() => client.close());
  if (reply.ok && reply.value.status === 200) return reply.value.body;
  throw new CommandError("the city's log has no checkpoint yet · 市级日志尚无检查点");
}

function sizeOf(checkpoint: string): number {
  const read = readCheckpoint(checkpoint);
  if (!read.ok) throw new CommandError("the city's checkpoint cannot be read · 检查点无法识别");
  return read.value.checkpoint.size;
}

const findings: Readonly<Record<ExportFinding, string>> = {
  "proof-invalid": "the proof is not the gateway's · 证明不是网关所签",
  "file-differs": "the file is not the one vouched for · 文件与证明不符",
  "checkpoint-invalid": "the checkpoint is not the log's, or of another tree · 检查点无效或与证明不符",
  "cosignature-invalid": "a cosignature on the checkpoint does not hold · 检查点上有见证签名不成立",
  "entries-differ": "the lines are not those vouched for · 条目与证明不符",
};

export interface VerifyExportOptions {
  readonly home: string;
  readonly quorum?: string;
}

/** Holds an exported file against the proof beside it; asks nobody. */
export async function verifyExportedFile(
  file: string,
  { home, quorum }: VerifyExportOptions,
): Promise<string> {
  const policy = { quorum: quorum === undefined ? 0 : countOf("--quorum", quorum) };
  const config = await loadConfig(home);
  const registry = await readRegistryFile(config.registry, Date.now());
  if (registry === undefined) throw new CommandError("no registry yet · 尚无成员清单");
  const proofFile = proofOf(file);
  if (!existsSync(proofFile)) {
    throw new CommandError(
      `${proofFile} is missing: it was written beside the file · 缺少导出时生成的证明文件`,
    );
  }
  const beside = await readConfig(exportProofFileSchema, proofFile);
  const verified = await verifyExport(file, beside, registry, policy);
  if (!verified.ok) throw new CommandError(findings[verified.error]);
  const { proof, cosigners } = verified.value;
  const witnessed = describeCosigners(cosigners);
  if (!cosigners.reached) {
    throw new CommandError(
      `${witnessed}\n${policy.quorum} are needed, ${cosigners.missing} are missing · 要求 ${policy.quorum} 个，尚缺 ${cosigners.missing} 个`,
    );
  }
  const { iss, aud, lines, iat, head } = proof;
  const made = new Date(iat * 1000).toISOString();
  return `verified · 校验通过: ${lines} 条 lines, ${iss} → ${aud}, ${made}, log size 日志总数 ${head.size}\n${witnessed}`;
}

function describeCosigners({ members }: QuorumJudgement): string {
  if (members.length === 0) {
    return "no other organisation has cosigned the checkpoint: the city alone vouches for it · 检查点没有其他组织的见证签名，仅由市级自己担保";
  }
  return `cosigned by other organisations · 其他组织见证签名: ${members.length} (${members.join(", ")})`;
}
