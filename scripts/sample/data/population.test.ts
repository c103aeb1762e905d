import { parseSubject } from "@xinqiao/protocol/identity";
import { describe, expect, it } from "vitest";
import { sampleNodes } from "./nodes.ts";
import { demonstrationSubject, subjectsOf } from "./population.ts";

const subjects = 2_200;
const populations = sampleNodes.map((node) => ({ node, known: [...subjectsOf(node, subjects)] }));
const idOf = ({ subject }: { subject: { id: string } }) => subject.id;

const holders = new Map<string, number>();
for (const { known } of populations) {
  for (const subject of known) holders.set(idOf(subject), (holders.get(idOf(subject)) ?? 0) + 1);
}

describe.each(populations)("the subjects of $node.node", ({ node, known }) => {
  it("are as many as asked for, each once, each at a place of its own", () => {
    expect(known).toHaveLength(subjects);
    expect(new Set(known.map(idOf)).size).toBe(subjects);
    expect(new Set(known.map(({ place }) => place)).size).toBe(subjects);
  });

  it("have valid codes, and names nobody could mistake", () => {
    for (const { subject, name } of known) {
      expect(parseSubject(subject)).toEqual({ ok: true, value: subject });
      expect(name).toMatch(/^示例/);
    }
  });

  it("have codes that belong to nobody: organisation code XQ…, citizen ID of no county", () => {
    for (const { subject } of known) {
      if (subject.scheme === "uscc") expect(subject.id).toMatch(/^(91|92|12|51)\d{6}XQ/);
      else expect(subject.id).toMatch(/^440300/);
    }
  });

  it("are of all four kinds, companies most of all", () => {
    const share = (kind: string) => known.filter(({ subject }) => subject.kind === kind).length / subjects;
    expect(share("enterprise")).toBeGreaterThan(0.8);
    expect(share("individual")).toBeGreaterThan(0.05);
    expect(share("public-institution")).toBeGreaterThan(0.01);
    expect(share("social-organisation")).toBeGreaterThan(0.01);
  });

  it("register under the city's code, which does not tell the district", () => {
    const own = known.filter(
      (subject) => holders.get(idOf(subject)) === 1 && subject.subject.scheme === "uscc",
    );
    expect(own.every((subject) => idOf(subject).slice(2, 8) === node.registrar)).toBe(true);
  });

  it("are known elsewhere too, two or three in a hundred", () => {
    const shared = known.filter((subject) => (holders.get(idOf(subject)) ?? 0) > 1).length / subjects;
    expect(shared).toBeGreaterThan(0.02);
    expect(shared).toBeLessThan(0.03);
  });
});

describe("the subjects of the whole federation", () => {
  it("share the demonstration's subject, and others in twos, threes and fours", () => {
    expect(holders.get(idOf(demonstrationSubject))).toBe(sampleNodes.length);
    const counts = [...holders.values()];
    for (const members of [2, 3, 4]) expect(counts).toContain(members);
  });

  it("have one name for one code, whichever member holds it", () => {
    const names = new Map<string, string>();
    for (const { known } of populations) {
      for (const subject of known) {
        expect(names.get(idOf(subject)) ?? subject.name).toBe(subject.name);
        names.set(idOf(subject), subject.name);
      }
    }
  });
});
