import { indexCatalogue } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { subscriptionSchema } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNow, testRecord } from "@xinqiao/protocol/testing";
import { beforeEach, expect, it } from "vitest";
import { type HoldersDependencies, holdersBy } from "./holders.ts";

const [dg, baoan, hz] = ["dg", "sz-baoan", "hz"].map((node) => nodeIdSchema.parse(node)) as [
  ReturnType<typeof nodeIdSchema.parse>,
  ReturnType<typeof nodeIdSchema.parse>,
  ReturnType<typeof nodeIdSchema.parse>,
];
const all = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
const record = { ...testRecord(), places: [] };
const { directory } = testFederation();

let looked: number;
let judged: number;
let deps: HoldersDependencies;

beforeEach(() => {
  looked = 0;
  judged = 0;
  deps = {
    hub: {
      subscribers() {
        looked += 1;
        return [dg, baoan, hz].map((node) => ({ node, subscription: all, isLapsed: false }));
      },
    },
    directory: () => ({
      ...directory,
      member(node) {
        judged += 1;
        return directory.member(node);
      },
    }),
    catalogue: () => indexCatalogue({ classes: [], items: [testItem({})], purposes: [] }),
    now: () => testNow,
  };
});

it("looks at nobody as long as nobody was handed anything", () => {
  const holders = holdersBy(deps, dg);
  expect(holders({ record, given: new Set() })).toEqual([]);
  expect(looked).toBe(0);
});

it("looks at everybody once for all records of a kind, whoever was handed which of them", () => {
  const holders = holdersBy(deps, dg);
  expect(holders({ record, given: new Set([baoan, hz, dg]) }), "never its source").toEqual([baoan, hz]);
  const once = judged;
  expect(holders({ record: { ...record }, given: new Set([hz]) })).toEqual([hz]);
  expect([looked, judged]).toEqual([1, once]);
});

it("judges records apart by what they are and have been about, and by whether the line was lost", () => {
  const narrow = subscriptionSchema.parse({ ...all, subjectKinds: ["individual"] });
  const subscriber = { node: baoan, position: 1, subscription: narrow, isLapsed: false };
  const holders = holdersBy({ ...deps, hub: { subscribers: () => [subscriber] } }, dg);
  const given = new Set([baoan]);
  const { jurisdiction } = record;
  const individual = { kind: "individual" } as const;
  expect(holders({ record, given })).toEqual([]);
  expect(holders({ record: { ...record, subject: individual }, given })).toEqual([baoan]);
  expect(holders({ record: { ...record, places: [{ jurisdiction, subject: individual }] }, given })).toEqual([
    baoan,
  ]);
  expect(holders({ record, given, isLost: true })).toEqual([baoan]);
});
