import { describe, expect, it } from "vitest";
import { purposeCodeSchema } from "../catalogue/index.ts";
import { agreementSchema, isAgreed } from "./index.ts";

const at = Date.parse("2026-03-01T00:00:00Z");
const purpose = purposeCodeSchema.parse("bid-review");
const agreement = (change: object = {}) =>
  agreementSchema.parse({
    between: ["4403", "4419"],
    purposes: "all",
    notBefore: "2026-01-01T00:00:00Z",
    ...change,
  });
const agreed = (from: string, to: string, ...list: ReturnType<typeof agreement>[]) =>
  isAgreed(list, { from, to, purpose }, at);

describe("an agreement between two cities", () => {
  it("lets members of either ask members of the other, whatever their district", () => {
    expect(agreed("440306", "441900", agreement())).toBe(true);
    expect(agreed("441900", "440306", agreement())).toBe(true);
  });

  it("is not needed within one city, nor by a registry that lists none at all", () => {
    expect(agreed("440306", "440300")).toBe(true);
    expect(isAgreed(undefined, { from: "440306", to: "441900", purpose }, at)).toBe(true);
  });

  it.each([
    ["with a third city", "441300", {}],
    ["for another purpose", "441900", { purposes: ["subsidy-review"] }],
    ["that begins tomorrow", "441900", { notBefore: "2026-03-02T00:00:00Z" }],
    ["that has ended", "441900", { notAfter: "2026-03-01T00:00:00Z" }],
  ])("does not help %s", (_name, to, change) => {
    expect(agreed("440306", to, agreement(change))).toBe(false);
  });
});
