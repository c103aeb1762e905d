import { validateFields } from "@xinqiao/protocol/catalogue";
import { type CreditRecord, isGone, recordSchema } from "@xinqiao/protocol/record";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { z } from "zod";
import { keptMs } from "./hub-process.ts";
import {
  catalogueOf,
  items,
  maySee,
  nodeOf,
  type Reader,
  type Rules,
  readers,
  type Source,
  sources,
  wants,
} from "./members.ts";
import { must } from "./must.ts";
import type { World } from "./world.ts";

const rounds = 6;

/** Nothing goes wrong any more, and time enough passes: then everybody holds what it must, and nothing else. */
export async function settle(world: World): Promise<void> {
  for (const source of sources) world.suspended.delete(nodeOf(source));
  world.setRules({ demand: "number" });
  for (const party of [...sources, ...readers]) world.learn(party);
  // What another catalogue had refused is told anew when somebody asks for it.
  for (const source of sources) world.hubFile.port.askAgain({ source: nodeOf(source) });
  for (let round = 0; round < rounds; round += 1) {
    world.pass(3_700);
    for (const source of sources) {
      const published = await world.publish(source);
      must(published === true, `${nodeOf(source)} cannot publish`);
    }
    for (const reader of readers) {
      while (await world.read(reader));
    }
    await world.hubProcess.running().completing.complete();
    world.watch.check();
  }
  if (world.watch.wasHubPutBack()) await compareCopies(world);
  for (const reader of readers) for (const source of sources) checkCopies(world, reader, source);
  checkLetters(world);
  checkUntold(world);
  await checkCompared(world);
  for (const source of sources) {
    for (const correction of world.hubFile.port.corrections(nodeOf(source), 500)) {
      must(correction.completion !== undefined, `never completed: ${JSON.stringify(correction)}`);
    }
  }
  await world.spendDay(undefined);
  world.pass(keptMs / 1_000);
  await world.spendDay(undefined);
  const left = sources.flatMap((source) => world.hubFile.port.corrections(nodeOf(source), 500));
  must(left.length === 0, `kept beyond its time: ${JSON.stringify(left)}`);
  world.watch.check();
}

/**
 * As a day does: a page that a city put back judges anew, as under another catalogue, is one that its readers have taken before,
 * and what they were not handed with it then they find by comparing (PR-SYNC §7).
 */
async function compareCopies(world: World): Promise<void> {
  for (const reader of readers) {
    if (world.suspended.has(nodeOf(reader))) continue;
    await world.reconcile(reader);
    while (await world.read(reader));
  }
}

/** The city knows that it was repaired or withdrawn, and the source, having been put back, does not. */
function isRefusedAsGone({ hubFile }: World, source: Source, record: CreditRecord): boolean {
  const { goneVersion } = hubFile.port.version(nodeOf(source), record.id) ?? {};
  return !isGone(record) && record.version <= (goneVersion ?? 0);
}

function checkCopies(world: World, reader: Reader, source: Source): void {
  const { watch, agent, rules, suspended, now } = world;
  const catalogue = catalogueOf({ ...rules(), open: "public", shared: "public" });
  const { own } = agent(source).file.port;
  const held = watch.copies(reader).filter((copy) => copy.source === nodeOf(source));
  const ids = agent(source)
    .file.rows("SELECT id FROM record ORDER BY id")
    .map((row) => z.object({ id: z.string() }).parse(row).id);
  for (const id of new Set([...ids, ...held.map(({ record }) => record)])) {
    const record = own.byId(id);
    const copy = held.find((each) => each.record === id);
    const content = copy && recordSchema.parse(JSON.parse(copy.content));
    const item = record && catalogue.items.get(record.item);
    const isOver = record !== undefined && isGone(record);
    const { disclosedUntil } = record ?? {};
    const isEnded = !isOver && disclosedUntil !== undefined && disclosedUntil < chinaDay(now());
    const name = items.find((each) => each === record?.item);
    const may = name !== undefined && maySee(reader, name, rules()) && !suspended.has(nodeOf(reader));
    const what = `${id} of ${nodeOf(source)} at ${nodeOf(reader)}`;
    // Of one that the hub does not take the version before may be left.
    const isPoison = record && item && !isOver && !validateFields(item, record.fields).ok;
    if (may && isPoison) continue;
    if (record === undefined || !may || !wants(reader, record)) {
      must(content === undefined, `held, and must not be: ${what}`);
      continue;
    }
    // Who was never given a version of it hears nothing of its end.
    if (isOver && content === undefined) continue;
    if (isRefusedAsGone(world, source, record)) {
      must(content === undefined || isGone(content), `current again, and the city knows better: ${what}`);
      continue;
    }
    if (isEnded) {
      must(content === undefined, `held beyond its end: ${what}`);
      continue;
    }
    const expected = isOver ? { ...record, subjectName: "", fields: {} } : record;
    must(
      JSON.stringify(content) === JSON.stringify(expected),
      `${what} is ${JSON.stringify(content)} and must be ${JSON.stringify(expected)}`,
    );
  }
}

const isUntold = (rules: Rules, item: string): boolean =>
  ["absent", "sealed"].includes(rules[item === "open" ? "open" : "shared"]);

/** Not even the city has what nobody may hold, also when it was told of it before. */
function checkUntold({ hubFile, rules }: World): void {
  for (const item of items.filter((each) => rules()[each] === "sealed")) {
    const lines = hubFile.rows(
      `SELECT record FROM held JOIN change USING (position, seq)
       WHERE held.item = ? AND state NOT IN ('repaired', 'withdrawn')`,
      item,
    );
    must(lines.length === 0, `the city holds what nobody may: ${JSON.stringify(lines)}`);
  }
}

/** What the city lacks it lists as refused, and nothing else. */
function checkLetters(world: World): void {
  const { agent, hubFile, rules } = world;
  const catalogue = catalogueOf({ ...rules(), open: "public", shared: "public" });
  for (const source of sources) {
    const letters = hubFile.port.letters({ source: nodeOf(source) }, 500);
    const { own } = agent(source).file.port;
    for (const { record: id, version } of letters) {
      const record = own.byId(id);
      // Of an item that is not listed, or that nobody may hold, nothing better can be told.
      if (record === undefined || isUntold(rules(), record.item)) continue;
      if (isRefusedAsGone(world, source, record) && record.version === version) continue;
      const item = catalogue.items.get(record.item);
      const isPoison = item !== undefined && !validateFields(item, record.fields).ok;
      must(
        isPoison && record.version === version,
        `a letter of what is not refused: ${id} of ${nodeOf(source)}`,
      );
    }
  }
}

/** What was told and handed over as it must is found equal by digests, too, and nothing is to be repaired. */
async function checkCompared(world: World): Promise<void> {
  const { rules, suspended } = world;
  for (const party of [...sources, ...readers]) {
    if (suspended.has(nodeOf(party))) continue;
    for (const row of (await world.reconcile(party)) ?? []) {
      const source = sources.find((each) => nodeOf(each) === row.source);
      if (source === undefined) continue;
      if (isUntold(rules(), row.item)) continue;
      must(row.equal && row.repaired === 0, `not equal at ${nodeOf(party)}: ${JSON.stringify(row)}`);
    }
  }
}
