import { carriedAuthorisationSchema } from "@xinqiao/protocol/authorisation";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { readConfig } from "@xinqiao/runtime/config";
import { exchangeTable } from "@xinqiao/runtime/exchange";
import { loadConfig } from "../config/index.ts";
import { readIdentifier } from "./identifier.ts";
import { postLocal } from "./local-api.ts";

export interface LookupOptions {
  readonly home: string;
  readonly kind: string;
  readonly scheme: string;
  readonly purpose: string;
  readonly items?: string;
  readonly classes?: string;
  readonly jurisdictions: string;
  readonly deadline?: string;
  readonly maxAge?: string;
  readonly case?: string;
  readonly authorisation?: string;
  readonly json?: boolean;
}

/** Neither all well (0) nor refused (1): a missing record must not be taken for a clean one. */
const partialExitCode = 2;

const list = (text: string) => text.split(",").filter((part) => part !== "");

/**
 * Asks through the running agent's local API, as the member's own platform does.
 * @param given the identifier, or `-` to read it from standard input: arguments end up in process lists and histories
 */
export async function lookup(given: string, options: LookupOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const answered = await postLocal(config, "/v1/lookups", {
    subject: { kind: options.kind, scheme: options.scheme, id: await readIdentifier(given) },
    purpose: options.purpose,
    ...(options.items !== undefined && { items: list(options.items) }),
    ...(options.classes !== undefined && { classes: list(options.classes) }),
    jurisdictions: options.jurisdictions === "all" ? "all" : list(options.jurisdictions),
    ...(options.deadline !== undefined && { deadlineMs: Number(options.deadline) }),
    ...(options.maxAge !== undefined && { maxAgeSeconds: Number(options.maxAge) }),
    ...(options.case !== undefined && { caseReference: options.case }),
    ...(options.authorisation !== undefined && {
      authorisation: await readConfig(authorisationFileSchema, options.authorisation),
    }),
  });
  const exchange = openedExchangeSchema.parse(JSON.parse(answered));
  if (!exchange.complete) process.exitCode = partialExitCode;
  return options.json ? answered : exchangeTable(exchange);
}

/** What `xinqiao authorise issue` printed. */
const authorisationFileSchema = carriedAuthorisationSchema.strip();
