import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { openTestIntake, type TestIntake } from "../../intake/testing/intake.ts";
import { testCatalogue, testJurisdiction } from "../../intake/testing/rows.ts";
import type { HandoverEvents, HandoverFault } from "../events.ts";
import { type PassDependencies, pass } from "../pass.ts";
import { makePlaces, type Places, placesIn } from "../places.ts";
import { createWholeFiles } from "../whole-files.ts";

const settleMs = 2_000;
const reportSchema = z.looseObject({ outcome: z.string(), zh: z.string(), en: z.string() });

/** A watched folder of a test's own, looked at when the test says so. */
export interface Watched {
  readonly intake: TestIntake;
  readonly places: Places;
  readonly events: HandoverEvents;
  /** What was told of files, and of faults by `look`. */
  readonly told: unknown[];
  /** How many a watching agent says that there are. */
  faults: number;
  readonly parts: PassDependencies;
  handOver(name: string, content: string | Uint8Array): void;
  /** One look. */
  look(changes?: Partial<PassDependencies>): Promise<readonly HandoverFault[]>;
  /** A look, and another when what it saw is whole. */
  settle(changes?: Partial<PassDependencies>): Promise<readonly HandoverFault[]>;
  names(place: "in" | "done" | "quarantine" | "work"): string[];
  report(place: "done" | "quarantine", name: string): z.infer<typeof reportSchema>;
  close(): void;
}

export async function openWatched(): Promise<Watched> {
  const intake = openTestIntake();
  const places = placesIn(intake.folder.path("watched"), "sz-baoan");
  await makePlaces(places);
  const told: unknown[] = [];
  const events: HandoverEvents = {
    fileAnswered: (file, answered) => told.push({ file, ...answered }),
    handoverFault: (fault) => told.push(fault),
    handoverFaults: (count) => {
      watched.faults = count;
    },
    failed: (error) => told.push(error),
  };
  const now = () => intake.now;
  const wholeFiles = createWholeFiles(settleMs, now);
  const parts = {
    places,
    now,
    events,
    look: () => wholeFiles(places.in),
    task: () => ({
      store: intake.folder.path("store.db"),
      catalogue: { items: testCatalogue.items, version: testCatalogue.version },
      jurisdiction: testJurisdiction,
      exceptions: new Set<string>(),
    }),
  };
  const look = (changes: Partial<PassDependencies> = {}) =>
    pass({ ...parts, ...changes }, new AbortController().signal);
  const watched: Watched = {
    intake,
    places,
    events,
    told,
    faults: 0,
    parts,
    handOver: (name, content) => writeFileSync(join(places.in, name), content),
    look,
    async settle(changes) {
      await look(changes);
      intake.now += settleMs;
      return look(changes);
    },
    names: (place) => (existsSync(places[place]) ? readdirSync(places[place]).sort() : []),
    report: (place, name) =>
      reportSchema.parse(JSON.parse(readFileSync(join(places[place], `${name}.report.json`), "utf8"))),
    close: () => intake.close(),
  };
  return watched;
}

export const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
