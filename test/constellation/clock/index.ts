import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A clock that can be put ahead: of a process that was started `under` it, and of whatever asks it in this one. */
export interface TestClock {
  now(): number;
  /** For `ProcessOptions.wrap`. */
  under(command: readonly string[], home: string): readonly string[];
  putAhead(milliseconds: number): void;
}

const shift = new URL("shift.mjs", import.meta.url);

export function createTestClock(): TestClock {
  let ahead = 0;
  let file: string | undefined;
  const write = () => {
    if (file === undefined) return;
    writeFileSync(`${file}.new`, String(ahead));
    renameSync(`${file}.new`, file);
  };
  return {
    now: () => Date.now() + ahead,
    under([program = "", ...args], home) {
      file = join(home, "ahead");
      write();
      return [program, "--import", `${shift.href}?file=${encodeURIComponent(file)}`, ...args];
    },
    putAhead(milliseconds) {
      ahead += milliseconds;
      write();
    },
  };
}
