import { describe, expect, it } from "vitest";
import { organisationCheck, parseOrganisationCode } from "./organisation-code.ts";

describe("parseOrganisationCode", () => {
  it.each(["71526726X", "192317458", "D2143569X", "195971850"])("accepts %s", (text) => {
    expect(parseOrganisationCode(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    ["71526726", "length"],
    ["71526726-X", "length"],
    ["7152672６X", "character"],
    ["d2143569X", "character"],
    ["71526726A", "character"],
    ["715267261", "check-character"],
  ])("refuses %s for its %s", (text, reason) => {
    expect(parseOrganisationCode(text)).toEqual({
      ok: false,
      error: { scheme: "organisation-code", reason },
    });
  });
});

describe("organisationCheck", () => {
  it.each([
    ["71526726", "X", "a remainder of 10"],
    ["19597185", "0", "a remainder of 11"],
  ])("of %s is %s: %s", (body, check) => {
    expect(organisationCheck(body)).toBe(check);
  });
});
