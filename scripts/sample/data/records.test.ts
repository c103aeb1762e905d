import { createHash } from "node:crypto";
import { baseCatalogue, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema } from "@xinqiao/protocol/identity";
import { isDisclosable, recordFromRow } from "@xinqiao/protocol/record";
import { describe, expect, it } from "vitest";
import { sampleNodes } from "./nodes.ts";
import { demonstrationSubject } from "./population.ts";
import { recordsOf } from "./records.ts";
import { sampleItems } from "./rows/index.ts";

const subjects = 300;
const catalogue = indexCatalogue(baseCatalogue());

function hashOf(node: (typeof sampleNodes)[number], size: number): string {
  const hash = createHash("sha256");
  for (const record of recordsOf(node, size)) hash.update(JSON.stringify(record));
  return hash.digest("hex");
}

describe("the sample's items", () => {
  it("are the base catalogue's", () => {
    const listed = new Set<string>(catalogue.items.keys());
    expect(sampleItems.filter((item) => !listed.has(item))).toEqual([]);
  });
});

describe.each(sampleNodes)("the records of $node", (node) => {
  const raw = [...recordsOf(node, subjects)];
  const records = raw.map(({ item, row }) => {
    const entry = catalogue.items.get(itemCodeSchema.parse(item));
    if (entry === undefined) throw new RangeError(item);
    return recordFromRow(entry, row, {
      jurisdiction: jurisdictionSchema.parse(node.division),
      recordedAt: "2026-07-01T00:00:00Z",
    });
  });
  const accepted = records.flatMap((record) => (record.ok ? record.value : []));

  it("are the same, byte for byte, whenever they are made", () => {
    expect(hashOf(node, subjects)).toBe(hashOf(node, subjects));
  });

  it("all pass the catalogue, each under an id of its own", () => {
    expect(records.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(raw.length);
  });

  it("number more than ten a subject and are of every item", () => {
    expect(raw.length).toBeGreaterThanOrEqual(subjects * 10);
    expect(new Set<string>(accepted.map(({ item }) => item))).toEqual(new Set<string>(sampleItems));
  });

  it("end on a fixed day, so that no clock changes them", () => {
    expect(accepted.every(({ occurredOn }) => occurredOn <= "2026-06-30")).toBe(true);
  });

  it("are mostly current; a few are annotated, repaired or withdrawn", () => {
    const share = (state: string) => raw.filter((record) => record.state === state).length / raw.length;
    expect(share("current")).toBeGreaterThan(0.93);
    for (const state of ["annotated", "repaired", "withdrawn"]) {
      expect(share(state)).toBeGreaterThan(0.004);
      expect(share(state)).toBeLessThan(0.03);
    }
  });

  it("are mostly open to disclosure, and some no longer are", () => {
    const open = accepted.filter((record) => isDisclosable(record, "2026-12-01")).length / accepted.length;
    expect(open).toBeGreaterThan(0.8);
    expect(open).toBeLessThan(1);
  });

  it("hold something to show about the demonstration's subject", () => {
    const about = accepted.filter(({ subject }) => subject.id === demonstrationSubject.subject.id);
    expect(about).toHaveLength(9);
    expect(about.filter((record) => isDisclosable(record, "2030-01-01")).length).toBeGreaterThan(2);
  });
});

describe("the sample as a whole", () => {
  it("is this one, until the sample's version changes", () => {
    expect(
      Object.fromEntries(sampleNodes.map((node) => [node.node, hashOf(node, 100).slice(0, 16)])),
    ).toMatchInlineSnapshot(`
      {
        "dg": "f875fa3ff01ad8a3",
        "hz": "1fccdcb1c42b8e53",
        "sz-baoan": "8d68eb73d5a0bd2d",
        "sz-longgang": "61005ca966a58317",
      }
    `);
  });

  it("differs from node to node", () => {
    expect(new Set(sampleNodes.map((node) => hashOf(node, 100))).size).toBe(sampleNodes.length);
  });
});
