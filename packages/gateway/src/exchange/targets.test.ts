import { jurisdictionSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, publicOf } from "@xinqiao/protocol/keys";
import { maxOutcomeRows } from "@xinqiao/protocol/log";
import { createDirectory } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { pickTargets } from "./targets.ts";

/** A federation in which so many members answer, each for a place of its own. */
function federation(count: number) {
  const members = Array.from({ length: count }, (_, at) => {
    const jurisdiction = jurisdictionSchema.parse(String(440_000 + at));
    const keys = [{ jwk: publicOf(generatePrivateJwk()), notBefore: "2026-01-01T00:00:00Z" }];
    return testMember({ node: `node-${at}`, jurisdiction, endpoint: `https://node-${at}.example`, keys });
  });
  const directory = createDirectory({ version: 1, members });
  if (!directory.ok) throw new Error(directory.error.join());
  return directory.value;
}

describe("whom a lookup asks", () => {
  it("is everybody, as long as one entry has room for what they say", () => {
    const all = pickTargets("all", federation(maxOutcomeRows));
    expect(all.ok && all.value).toHaveLength(maxOutcomeRows);
    expect(pickTargets("all", federation(maxOutcomeRows + 1))).toMatchObject({
      error: { code: "lookup.too-many-jurisdictions", facts: { most: maxOutcomeRows } },
    });
  });

  it("is nobody where one place is nobody's", () => {
    const asked = ["440000", "999999"].map((code) => jurisdictionSchema.parse(code));
    expect(pickTargets(asked, federation(1))).toMatchObject({
      error: { code: "lookup.jurisdiction-unknown", facts: { jurisdiction: 1 } },
    });
  });
});
