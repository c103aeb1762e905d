import { withdrawalReceiptSchema } from "@xinqiao/protocol/authorisation";
import { loadConfig } from "../config/index.ts";
import { readIdentifier } from "./identifier.ts";
import { postLocal } from "./local-api.ts";

export interface AuthoriseOptions {
  readonly home: string;
  readonly kind: string;
  readonly scheme: string;
  readonly requester?: string;
  readonly purpose: string;
  readonly items: string;
  readonly days: string;
  readonly uses: string;
  readonly method: string;
  readonly reference: string;
}

/**
 * Signs, through the running agent, what a subject permitted here. Prints token, key and id as one JSON line: the file
 * that `xinqiao lookup --authorisation` takes.
 */
export async function issue(given: string, options: AuthoriseOptions): Promise<string> {
  const config = await loadConfig(options.home);
  return postLocal(config, "/v1/authorisations", {
    subject: { kind: options.kind, scheme: options.scheme, id: await readIdentifier(given) },
    requester: options.requester ?? config.node,
    purpose: options.purpose,
    items: options.items.split(",").filter((item) => item !== ""),
    days: Number(options.days),
    uses: Number(options.uses),
    proof: { method: options.method, reference: options.reference },
  });
}

/** Takes back one that this member has signed. */
export async function withdraw(id: string, home: string): Promise<string> {
  const answered = await postLocal(
    await loadConfig(home),
    `/v1/authorisations/${encodeURIComponent(id)}/withdrawal`,
    {},
  );
  const { log } = withdrawalReceiptSchema.parse(JSON.parse(answered));
  return `withdrawn · 已撤回; log · 日志: ${log.origin}, index 序号 ${log.index}`;
}
