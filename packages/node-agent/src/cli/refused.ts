import { codes, isCode } from "@xinqiao/protocol/problem";
import { chinaTime } from "@xinqiao/runtime/calendar";
import { countOf, tableOf } from "@xinqiao/runtime/cli";
import { readStore } from "./read-store.ts";

export interface RefusedOptions {
  readonly home: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** What the city has not taken: it stays so until the record is corrected here, or the city asks for it again. */
export async function refused({ home, json, ...options }: RefusedOptions): Promise<string> {
  const limit = countOf("--limit", options.limit);
  return readStore(home, ({ outbox }) => {
    const all = outbox.refused(limit);
    if (json) return JSON.stringify(all);
    if (all.length === 0) return "没有被拒的记录 nothing was refused";
    const rows = all.map(({ record, version, code, at }) => [
      ...[record, version, code, chinaTime(at)],
      isCode(code) ? `${codes[code].zh}\n${codes[code].en}` : "",
    ]);
    return tableOf(
      ["记录 record", "版本 version", "原因 reason", "时间（北京时间） at", "说明 in words"],
      rows,
    );
  });
}
