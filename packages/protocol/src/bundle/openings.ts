import { commitmentOf, committedFields, type LogEntry, opens } from "../log/index.ts";
import { decodeBase64 } from "../note/index.ts";
import type { Findings } from "./finding.ts";
import type { ProvedEntry } from "./read-entries.ts";

/** What of an entry's commitments is opened: the values by their fields. */
export type Opened = ReadonlyMap<string, string>;

export function checkOpenings({ index, entry, bundled }: ProvedEntry, findings: Findings): Opened {
  const opened = new Map<string, string>();
  for (const { field, key, value } of bundled.kept?.openings ?? []) {
    const commitment = commitmentOf(entry, field);
    const bytes = decodeBase64(key);
    if (
      commitment === undefined ||
      bytes === undefined ||
      opened.has(field) ||
      !opens(commitment, { key: bytes, value })
    ) {
      findings.wrong(
        `条目 ${index} 的 ${field} 与其承诺值不符`,
        `entry ${index}: the value of ${field} is not the one committed to`,
      );
      continue;
    }
    opened.set(field, value);
    findings.proved(
      `条目 ${index} 的 ${field} 即其承诺的值`,
      `entry ${index}: the value of ${field} is the one committed to`,
    );
  }
  reportUnopened(index, entry, opened, findings);
  return opened;
}

function reportUnopened(index: number, entry: LogEntry, opened: Opened, findings: Findings): void {
  const fields = committedFields(entry).filter((field) => !opened.has(field));
  if (fields.length === 0) return;
  findings.missing(
    `条目 ${index} 的 ${fields.join("、")} 未出示：已删除、已到期或不便出示`,
    `entry ${index}: ${fields.join(", ")} is not shown: erased, past its time, or not for whom this was made`,
  );
}
