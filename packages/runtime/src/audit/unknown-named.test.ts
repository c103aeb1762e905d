import { criteriaSchema } from "@xinqiao/protocol/audit";
import { baseCatalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { createDirectory } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { unknownNamed } from "./index.ts";

const directory = createDirectory({ version: 1, members: [testMember({ status: "suspended" })] });
if (!directory.ok) throw new Error("no directory");
const held = {
  registry: { directory: directory.value },
  catalogue: { catalogue: indexCatalogue(baseCatalogue()) },
};
const unknown = (criteria: object, versions = held) => unknownNamed(criteriaSchema.parse(criteria), versions);

describe("what a search names", () => {
  it.each<[string, object, RegExp]>([
    ["member", { member: "sz-baoann" }, /no member sz-baoann .*成员清单中没有 sz-baoann/],
    ["authoriser", { authoriser: "gd" }, /no member gd /],
    ["target", { target: "gd", member: "sz-baoan" }, /no member gd /],
    ["purpose", { purpose: "bid-reveiw" }, /no purpose bid-reveiw .*目录中没有用途 bid-reveiw/],
  ])("is told of when nobody knows it: a %s", (_what, criteria, told) => {
    expect(unknown(criteria)).toEqual([expect.stringMatching(told)]);
  });

  it("is told of once, however often it is named", () => {
    expect(unknown({ member: "gd", target: "gd" })).toHaveLength(1);
  });

  it("is not told of when it is known, whatever its standing", () => {
    expect(unknown({ member: "sz-baoan", purpose: "bid-review" })).toEqual([]);
  });

  it("is not told of where nothing is held", () => {
    expect(unknownNamed(criteriaSchema.parse({ member: "gd", purpose: "odd" }), {})).toEqual([]);
  });
});
