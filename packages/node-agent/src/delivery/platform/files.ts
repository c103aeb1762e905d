import { access, constants, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { absent, codeOf, publishFile, replaceFile, syncFolder } from "@xinqiao/runtime/files";
import { z } from "zod";
import { csvLine, defused } from "../../row/index.ts";
import type { Batch, DeliveryFault, Platform } from "../port.ts";
import { columnNames, flatRowOf, rowOf, standingOf } from "./table.ts";

export const formats = ["ndjson", "csv"] as const;
export type Format = (typeof formats)[number];

/** Where the folder stands; for the agent alone. */
const placeFile = ".xinqiao-place.json";
const placeSchema = z.strictObject({ generation: z.string(), mark: z.string(), number: z.number() });
const numbered = /^(\d{12})-/;

/** The platform's own user reads them by the folder's group. */
const mode = 0o640;

/**
 * A file for each batch, whole or not there, in the order of their names. A batch that comes again has the name it had:
 * whoever takes each name once takes each batch once.
 */
export function openFolder({
  folder,
  format,
}: {
  readonly folder: string;
  readonly format: Format;
}): Platform {
  let isReady = false;
  /**
   * Drafts of a process that died go: personal data that nobody would ever take. The folder itself is never made: where
   * it is missing a share may be away.
   */
  async function ready(): Promise<void> {
    if (isReady) return;
    const drafts = (await readdir(folder)).filter((name) => name.startsWith(".") && name.endsWith(".draft"));
    for (const name of drafts) await rm(join(folder, name), { force: true });
    isReady = true;
  }
  async function attempt<Value>(
    work: () => Promise<Result<Value, DeliveryFault>>,
  ): Promise<Result<Value, DeliveryFault>> {
    try {
      await ready();
      return await work();
    } catch (error) {
      isReady = false;
      return unavailable(error);
    }
  }
  return {
    target: "file",
    take: (batch) => attempt(() => take(batch, folder, format)),
    async check() {
      try {
        await access(folder, constants.W_OK | constants.X_OK);
        await readdir(folder);
        return ok(folder);
      } catch (error) {
        return unavailable(error);
      }
    },
    close: async () => {},
  };
}

function unavailable(error: unknown): Result<never, DeliveryFault> {
  const reason = codeOf(error);
  if (typeof reason !== "string") throw error;
  return err({ code: "delivery.unavailable", reason });
}

async function take(batch: Batch, folder: string, format: Format): Promise<Result<void, DeliveryFault>> {
  const place = await readPlace(folder);
  const standing = standingOf(batch, place?.mark);
  if (standing === "another-past") return err({ code: "delivery.another-past", reason: standing });
  if (standing === "taken") return ok(undefined);
  const number = await numberFrom(folder, batch, place?.number ?? 0);
  const text = textOf(batch, format);
  const { generation, mark } = batch;
  const name = `${String(number).padStart(12, "0")}-${mark}.${format}`;
  // One that is there is this batch, as it was before this process died.
  if (text !== "") await publishFile(join(folder, name), text, mode);
  await replaceFile(join(folder, placeFile), JSON.stringify({ generation, mark, number }), 0o600);
  await syncFolder(folder);
  return ok(undefined);
}

async function readPlace(folder: string) {
  const text = await readFile(join(folder, placeFile), "utf8").catch(absent);
  try {
    return text === undefined ? undefined : placeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * The number of this very batch when it is there; else behind all that were noted, and all that are there: one that was
 * published before a process died may not be noted, and never comes again when everything is told anew.
 */
async function numberFrom(folder: string, { mark }: Batch, noted: number): Promise<number> {
  const names = await readdir(folder);
  const numberOf = (name: string) => Number(numbered.exec(name)?.[1] ?? 0);
  const same = names.find((name) => numbered.test(name) && name.includes(`-${mark}.`));
  return same === undefined
    ? names.map(numberOf).reduce((most, each) => Math.max(most, each), noted) + 1
    : numberOf(same);
}

function textOf({ previous, complete, changes, generation }: Batch, format: Format): string {
  const lines: readonly Line[] = [
    ...(previous === null ? [{ change: "begin" } as const] : []),
    ...changes,
    ...(complete ? [{ change: "complete" } as const] : []),
  ];
  if (lines.length === 0) return "";
  if (format === "ndjson")
    return lines.map((line) => `${JSON.stringify({ ...line, generation })}\n`).join("");
  // Without the mark a spreadsheet takes UTF-8 for the machine's own encoding.
  const header = `\uFEFF${csvLine(["change", ...columnNames])}`;
  return header + lines.map((line) => csvLine(cellsOf(line, generation))).join("");
}

type Line = Batch["changes"][number] | { readonly change: "begin" | "complete" };

function cellsOf(line: Line, generation: string): readonly string[] {
  const cells: Readonly<Record<string, unknown>> =
    line.change === "put"
      ? flatRowOf(rowOf(line, { generation }))
      : { generation, ...(line.change === "remove" && { source: line.source, record: line.id }) };
  return [line.change, ...columnNames.map((name) => defused(String(cells[name] ?? "")))];
}
