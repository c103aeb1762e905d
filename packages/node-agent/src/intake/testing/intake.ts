import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { type AgentStore, openStore } from "../../store/index.ts";
import { type ImportOptions, type ImportReport, importFile } from "../import-file.ts";
import { type TestFolder, testFolder } from "./folder.ts";
import { csvText, penaltyRow, testCatalogue, testJurisdiction, testUscc } from "./rows.ts";

export const penalty = itemCodeSchema.parse("penalty");
/** The penalty columns that test files have. */
export const titles = Object.keys(penaltyRow(1));

/** Penalties as the text of a CSV file, titles first. */
export function penaltyFile(
  rows: readonly Record<string, string>[],
  order: readonly string[] = titles,
): string {
  return csvText(rows, order);
}

/** A store of a test's own, and files imported into it. */
export interface TestIntake {
  readonly folder: TestFolder;
  readonly store: AgentStore;
  /** Milliseconds since 1970; 2026-02-01 at first. */
  now: number;
  reportOf(path: string, options?: Partial<ImportOptions>): Promise<ImportReport>;
  /** The fault's code; undefined when there is none. */
  faultOf(path: string, options?: Partial<ImportOptions>): Promise<string | undefined>;
  /** Penalties held of the n-th enterprise. */
  held(n: number): readonly CreditRecord[];
  close(): void;
}

export function openTestIntake(): TestIntake {
  const folder = testFolder();
  const store = openStore(folder.path("store.db"));
  const shared = { store, catalogue: testCatalogue, jurisdiction: testJurisdiction };
  const intake: TestIntake = {
    folder,
    store,
    now: Date.parse("2026-02-01T00:00:00Z"),
    async reportOf(path, options) {
      const report = await importFile(path, { ...shared, now: () => intake.now, ...options });
      if (!report.ok) throw new Error(report.error.code);
      return report.value;
    },
    async faultOf(path, options) {
      const report = await importFile(path, { ...shared, now: () => intake.now, ...options });
      return report.ok ? undefined : report.error.code;
    },
    held: (n) => store.find({ scheme: "uscc", id: testUscc(n) }, [penalty]).records,
    close() {
      store.close();
      folder[Symbol.dispose]();
    },
  };
  return intake;
}
