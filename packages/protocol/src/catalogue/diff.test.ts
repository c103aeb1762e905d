import { describe, expect, it } from "vitest";
import { testItem, testPurpose } from "../testing/index.ts";
import { baseCatalogue } from "./base/index.ts";
import { diffCatalogues } from "./diff.ts";

const base = baseCatalogue();
const one = (item: object, purpose: object = {}) => ({
  classes: [],
  items: [testItem(item)],
  purposes: [testPurpose(purpose)],
});

/** The settings that differ, and those that widen disclosure. */
function changeOf(before: ReturnType<typeof one>, after: ReturnType<typeof one>) {
  return diffCatalogues(before, after).map(({ settings, widens }) => [settings, widens]);
}

const field = { name: "CF_NR", type: "text", required: false, label: { zh: "内容", en: "Content" } };
const fields = (...maskings: string[]) =>
  maskings.map((masking, at) => ({ ...field, name: `CF_${at}`, masking }));

describe("diffCatalogues", () => {
  it("finds nothing between a catalogue and itself", () => {
    expect(diffCatalogues(base, baseCatalogue())).toEqual([]);
  });

  it("names what was added and removed, class by class, item by item, purpose by purpose", () => {
    const nothing = { classes: [], items: [], purposes: [] };
    const added = diffCatalogues(nothing, base);
    expect(added.map(({ code }) => code)).toEqual(
      [...base.classes, ...base.items, ...base.purposes].map(({ code }) => code),
    );
    expect(new Set(added.map(({ change }) => change))).toEqual(new Set(["added"]));
    expect(added.filter(({ widens }) => widens.length > 0).map(({ part }) => part)).toEqual(
      base.purposes.filter(({ status }) => status === "live").map(() => "purpose"),
    );
    const removed = diffCatalogues(base, nothing);
    expect(removed.every(({ change, widens }) => change === "removed" && widens.length === 0)).toBe(true);
  });

  it.each<[setting: string, narrow: object, wide: object]>([
    ["disclosure", { disclosure: "authorised" }, { disclosure: "government-shared" }],
    ["disclosure", { disclosure: "government-shared" }, { disclosure: "public" }],
    ["shareScope", { shareScope: ["city"] }, { shareScope: ["city", "credit-user"] }],
    ["subjectKinds", { subjectKinds: ["enterprise"] }, { subjectKinds: ["enterprise", "individual"] }],
    ["retentionYears", { retentionYears: 3 }, { retentionYears: 5 }],
    ["fields", { fields: fields("identifier") }, { fields: fields("none") }],
    ["fields", { fields: fields("redact") }, { fields: fields("name") }],
    ["fields", { fields: fields("none") }, { fields: fields("none", "redact") }],
    [
      "columns",
      { columns: { subjectName: "A", documentNumber: "B", occurredOn: "C", removedOn: "D" } },
      { columns: { subjectName: "A", documentNumber: "B", occurredOn: "C" } },
    ],
  ])("flags an item's %s when it widens, and not when it narrows", (setting, narrow, wide) => {
    expect(changeOf(one(narrow), one(wide))).toEqual([[[setting], [setting]]]);
    expect(changeOf(one(wide), one(narrow))).toEqual([[[setting], []]]);
  });

  it.each<[setting: string, narrow: object, wide: object]>([
    ["status", { status: "pending" }, { status: "live" }],
    ["items", { items: ["penalty"] }, { items: ["penalty", "licence"] }],
    ["subjectKinds", { subjectKinds: ["enterprise"] }, { subjectKinds: ["enterprise", "individual"] }],
    ["jurisdictions", { jurisdictions: ["440306"] }, { jurisdictions: ["440306", "441900"] }],
    ["jurisdictions", { jurisdictions: ["440306"] }, { jurisdictions: "all" }],
    ["needs", { needs: { penalty: { only: ["CF_WSH"] } } }, {}],
    [
      "needs",
      { needs: { penalty: { only: ["CF_WSH"] } } },
      { needs: { penalty: { only: ["CF_WSH", "CF_NR"] } } },
    ],
    ["needs", {}, { needs: { penalty: { whole: ["CF_FRDB"] } } }],
    ["authorisation", { authorisation: true }, { authorisation: false }],
    ["answers", { answers: "yes-no" }, {}],
    ["validFrom", { validFrom: "2026-03-01" }, { validFrom: "2026-01-01" }],
    ["validFrom", { validFrom: "2026-03-01" }, {}],
    ["validUntil", { validUntil: "2026-03-01" }, { validUntil: "2026-12-31" }],
    ["validUntil", { validUntil: "2026-03-01" }, {}],
    ["graceSeconds", { graceSeconds: 60 }, { graceSeconds: 3_600 }],
    ["graceSeconds", { graceSeconds: 60 }, {}],
  ])("flags a purpose's %s when it widens, and not when it narrows", (setting, narrow, wide) => {
    expect(changeOf(one({}, narrow), one({}, wide))).toEqual([[[setting], [setting]]]);
    expect(changeOf(one({}, wide), one({}, narrow))).toEqual([[[setting], []]]);
  });

  it("flags nothing of a purpose that is not live", () => {
    const pending = { status: "pending", items: ["penalty"] };
    expect(changeOf(one({}, pending), one({}, { ...pending, items: ["penalty", "licence"] }))).toEqual([
      [["items"], []],
    ]);
  });
});
