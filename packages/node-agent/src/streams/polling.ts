import { createHash } from "node:crypto";
import { err, ok } from "@xinqiao/protocol/result";
import { z } from "zod";
import type { StreamRow } from "../intake/index.ts";
import { type PlatformClient, plainText, rowsOf, valueAt } from "../source/index.ts";
import type { ListConfig } from "./config.ts";
import { keyText } from "./key.ts";
import { type Step, type StreamFault, unreadable } from "./step.ts";
import type { Taking } from "./taking.ts";

const cursorSchema = z.strictObject({ basis: z.string(), at: z.string().optional() });
/** Opaque: text, or a number that no digit of is lost. */
const givenSchema = z.union([z.string(), z.int().transform(String)]).nullish();

/**
 * Asks a service for what has changed since the cursor that it gave last. A page that comes twice changes nothing; one
 * whose taking was broken off comes again.
 */
export function pollService(
  client: Pick<PlatformClient, "ask">,
  config: ListConfig,
  taking: Taking,
  now: () => number,
): Step {
  return async (signal) => {
    const began = now();
    const basis = taking.basis();
    if (basis === undefined) return err<StreamFault>({ code: "intake.mapping-unfit" });
    const text = taking.streams.cursor(taking.stream);
    const held = text === undefined ? undefined : cursorSchema.parse(JSON.parse(text));
    const at = held?.basis === basis ? held.at : undefined;
    const reply = await client.ask({ method: "GET", path: pathFrom(config, at) }, signal);
    if (!reply.ok) return unreadable(reply.error);
    const rows = rowsOf(reply.value, config.rows);
    if (rows === undefined) return unreadable("the platform's reply has no list of rows");
    const given = givenSchema.safeParse(valueAt(reply.value, config.cursor));
    if (!given.success) return unreadable("the cursor in the platform's reply is neither text nor a number");
    const next = given.data || at;
    const page = rows.map((row) => streamRow(row, config));
    await taking.take([...pastKeyless(page, taking), ...page], JSON.stringify({ basis, at: next }));
    const again = rows.length > 0 && next !== at;
    return ok({ again, ...(!again && { asOf: began }) });
  };
}

function pathFrom({ path, cursorParameter }: ListConfig, at: string | undefined): string {
  if (at === undefined) return path;
  const [place = "", query] = path.split("?");
  const asked = new URLSearchParams(query);
  asked.set(cursorParameter, at);
  return `${place}?${asked}`;
}

/**
 * A row without a key is known by what it says, and nobody can tell when it is mended: it is kept until the service
 * gives other rows.
 */
function pastKeyless(page: readonly StreamRow[], { stream, streams }: Taking): readonly StreamRow[] {
  const now = new Set(page.map(({ key }) => key));
  const past = page.length === 0 ? [] : streams.keysFrom(stream, keyless);
  return past.filter((key) => !now.has(key)).map((key) => ({ key }));
}

/** What a made key begins with; no key of a platform does. */
const keyless = "?";
const gone = new Set(["true", "1"]);

function streamRow(row: Readonly<Record<string, unknown>>, config: ListConfig): StreamRow {
  const own = (name: string | undefined) =>
    name !== undefined && Object.hasOwn(row, name) ? row[name] : undefined;
  const key = keyText(own(config.key));
  const cells = Object.values(config.fields).map(own);
  const state = config.stateKey === undefined ? undefined : plainText(own(config.stateKey));
  if (key === undefined) return { key: `${keyless}${digest(row)}`, isKeyless: true, cells, state };
  return gone.has(plainText(own(config.deletedKey))) ? { key } : { key, cells, state };
}

const digest = (row: unknown) => createHash("sha256").update(JSON.stringify(row)).digest("base64url");
