import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { type Encoding, surveyEncoding } from "./encoding.ts";
import type { ImportFault } from "./fault.ts";
import { checkWorkbook } from "./workbook-parts.ts";

/** What a file is, told by its content: its name proves nothing. */
export interface Survey {
  readonly format: "csv" | "xlsx";
  readonly encoding: Encoding;
  readonly sha256: string;
  readonly bytes: number;
  /** Whether the file is still the one that was surveyed; one that is gone is not. */
  unchanged(): Promise<boolean>;
}

/** A zip's local file header, and the container of old and of encrypted Office files. */
const zipMagic = Buffer.from("504b0304", "hex");
const compoundMagic = Buffer.from("d0cf11e0", "hex");

/** Reads the file once, whole: digest, format and encoding. */
export async function surveyFile(path: string, signal?: AbortSignal): Promise<Result<Survey, ImportFault>> {
  const hash = createHash("sha256");
  const encoding = surveyEncoding();
  let head = Buffer.alloc(0);
  try {
    const before = await stamp(path);
    for await (const chunk of readBytes(path, signal)) {
      if (head.length < 4) head = Buffer.concat([head, chunk.subarray(0, 4)]);
      hash.update(chunk);
      encoding.add(chunk);
    }
    if (head.indexOf(compoundMagic) === 0) return err({ code: "import.old-excel" });
    const format = head.indexOf(zipMagic) === 0 ? "xlsx" : "csv";
    const state = format === "xlsx" ? await checkWorkbook(path, signal) : "sound";
    signal?.throwIfAborted();
    if (state !== "sound") return err({ code: `import.workbook-${state}` });
    return ok({
      format,
      encoding: encoding.verdict(),
      sha256: hash.digest("hex"),
      bytes: before.size,
      unchanged: () =>
        stamp(path).then(
          ({ text }) => text === before.text,
          () => false,
        ),
    });
  } catch {
    return err({ code: signal?.aborted ? "import.cancelled" : "import.file-unreadable" });
  }
}

export async function* readBytes(
  path: string,
  signal?: AbortSignal,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { signal })) {
    if (!Buffer.isBuffer(chunk)) continue;
    onBytes(chunk.length);
    yield chunk;
  }
}

async function stamp(path: string): Promise<{ size: number; text: string }> {
  const { size, mtimeMs, ino } = await stat(path);
  return { size, text: `${size} ${mtimeMs} ${ino}` };
}
