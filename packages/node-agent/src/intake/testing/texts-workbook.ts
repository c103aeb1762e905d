import { crc32 } from "node:zlib";
import { storedZip } from "../zip.ts";

const namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

const sheets = `<sheet name="处罚" sheetId="1" r:id="rId1"/>`;
const parts = {
  "xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  "xl/workbook.xml": `<workbook ${namespace} xmlns:r="${relations}"><sheets>${sheets}</sheets></workbook>`,
  "xl/worksheets/sheet1.xml": `<worksheet ${namespace}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`,
};

/** A workbook of one cell, with a table of so many shared texts, each of its own. */
export async function textsWorkbook(count: number, text: string): Promise<Buffer> {
  const texts = Array.from({ length: count }, (_, n) => `<si><t>${text}${n}</t></si>`).join("");
  const contents = { ...parts, "xl/sharedStrings.xml": `<sst ${namespace}>${texts}</sst>` };
  const zip = storedZip(
    Object.entries(contents).map(([name, content]) => {
      const bytes = Buffer.from(content);
      return { name, crc: crc32(bytes), unpacked: bytes.length, chunks: once(bytes) };
    }),
  );
  const all: Uint8Array[] = [];
  for await (const chunk of zip) all.push(chunk);
  return Buffer.concat(all);
}

async function* once(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}
