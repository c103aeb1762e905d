import { crc32 } from "node:zlib";
import { readDirectory, storedZip, unpack, type ZipEntry, type ZipPart } from "./zip.ts";

/** More than the largest sheet Excel can hold comes to: a file that unpacks to more is a bomb or a mistake. */
const largestContent = 0xffff_ffff;

/** Shared texts are held in memory: those of ordinary length take about twice as much there, of the 256 MiB an agent is given. */
const largestTexts = 64 * 1024 * 1024;

/** Whether every part of a workbook unpacks to what its checksum says. */
export async function checkWorkbook(
  path: string,
  signal?: AbortSignal,
): Promise<"sound" | "damaged" | "too-large"> {
  const entries = await readDirectory(path);
  if (entries === undefined) return "damaged";
  if (sizeOf(entries) > largestContent) return "too-large";
  if (sizeOf(entries.filter(({ name }) => name === texts)) > largestTexts) return "too-large";
  try {
    for (const entry of entries) for await (const _ of unpack(path, entry, signal));
    return "sound";
  } catch {
    return "damaged";
  }
}

const sizeOf = (entries: readonly ZipEntry[]) => entries.reduce((total, { unpacked }) => total + unpacked, 0);

const head = ["xl/_rels/workbook.xml.rels", "xl/workbook.xml", "xl/styles.xml"];
const texts = "xl/sharedStrings.xml";
const sheet = /^xl\/worksheets\/sheet(\d+)\.xml$/;
const noTexts = Buffer.from('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>');

/**
 * The parts of a workbook that hold its rows, as a zip of its own: styles and shared texts before the
 * sheets, whatever the order in the file. exceljs otherwise puts the sheets, personal data, into
 * temporary files until it has come to the texts; and it cannot read a zip whose writer streamed it with
 * sizes of 64 bits.
 */
export async function* workbookParts(
  path: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const entries = (await readDirectory(path)) ?? [];
  const part = (entry: ZipEntry): ZipPart => ({ ...entry, chunks: unpack(path, entry, signal, onBytes) });
  const named = (name: string) => entries.filter((entry) => entry.name === name).map(part);
  const sharedTexts = named(texts);
  yield* storedZip([
    ...head.flatMap(named),
    ...(sharedTexts.length > 0 ? sharedTexts : [emptyTexts()]),
    ...entries
      .filter(({ name }) => sheet.test(name))
      .sort((one, other) => sheetNumber(one) - sheetNumber(other))
      .map(part),
  ]);
}

function sheetNumber({ name }: ZipEntry): number {
  return Number(sheet.exec(name)?.[1]);
}

function emptyTexts(): ZipPart {
  async function* chunks() {
    yield noTexts;
  }
  return { name: texts, crc: crc32(noTexts), unpacked: noTexts.length, chunks: chunks() };
}
