import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { subscriptionSchema } from "@xinqiao/protocol/sync";
import { testNow, testRecord } from "@xinqiao/protocol/testing";
import type { Database } from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenedHub, openHub } from "./index.ts";
import { openSharingFile } from "./sharing-file.ts";
import { createMemberSets, type MemberSets } from "./sharing-member-sets.ts";
import { createReaders, type Readers } from "./sharing-readers.ts";

const [baoan, hz] = ["sz-baoan", "hz"].map((node) => nodeIdSchema.parse(node)) as [NodeId, NodeId];
const version = testRecord();
const all = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
const scope = { ...all, items: [version.item], missed: [] };

let folder: string;
let hub: OpenedHub;
let database: Database;
let sets: MemberSets;
let readers: Readers;
let counted: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-readers-"));
  hub = openHub(join(folder, "sharing.db"));
  database = openSharingFile(join(folder, "readers.db"));
  counted = 0;
  sets = createMemberSets(database);
  readers = createReaders(database, {
    of(nodes) {
      counted += 1;
      return sets.of(nodes);
    },
  });
});

afterEach(() => {
  hub.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const past = (position: number, what: Parameters<Readers["past"]>[0] = version) => [
  ...sets.nodes(readers.past(what, position)),
];

it("counts once who was handed versions of a kind at a position, until somebody is handed more", () => {
  readers.handed({ node: baoan, after: 0, scope }, 2);
  expect([past(2), past(2), past(2, { ...version })]).toEqual([[baoan], [baoan], [baoan]]);
  expect(counted).toBe(1);
  expect(past(3)).toEqual([]);
  readers.handed({ node: hz, after: 0, scope: { ...scope, subjectKinds: ["individual"] } }, 3);
  expect(past(2), "of another kind").toEqual([baoan]);
  expect(past(2, { item: version.item }), "by its item alone").toEqual([baoan, hz]);
  readers.handed({ node: hz, after: 0, scope }, 2);
  expect([past(2), past(3)]).toEqual([[baoan, hz], []]);
  readers.handed({ node: baoan, after: 2, scope }, 3);
  expect(past(3)).toEqual([baoan]);
});

it("knows readers of a set that came after it was read first", () => {
  readers.handed({ node: baoan, after: 0, scope }, 1);
  const one = readers.past(version, 1);
  expect([...sets.nodes(one)]).toEqual([baoan]);
  readers.handed({ node: hz, after: 0, scope }, 1);
  const both = createReaders(database, createMemberSets(database)).past(version, 1);
  expect([...sets.nodes(both)]).toEqual([baoan, hz]);
  expect([sets.union(one, both), sets.union(null, one), sets.union(one, null)]).toEqual([both, one, one]);
  expect(sets.union(null, null)).toBeNull();
});

it("reads a subscription again only once it says something else", () => {
  const read = (subscription = all) =>
    hub.handed({ node: baoan, position: 0, subscription }, { after: 0, scope }, testNow);
  const wants = () => hub.subscribers()[0]?.subscription;
  read();
  const first = wants();
  read();
  expect(wants()).toBe(first);
  read({ ...all, items: [version.item] });
  expect(wants()).toEqual({ ...all, items: [version.item] });
});
