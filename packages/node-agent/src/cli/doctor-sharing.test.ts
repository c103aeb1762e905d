import { expect, it } from "vitest";
import { checkTelling } from "./doctor-sharing.ts";

const hour = 3_600_000;
const now = Date.parse("2026-03-01T04:00:00Z");

function check(waiting: number, acknowledgedAt: number | undefined, publish = true) {
  const findings: string[] = [];
  const outbox = { hasBegun: () => publish, standing: () => ({ waiting, acknowledgedAt }) };
  const said = checkTelling({ sharing: { publish } }, { outbox }, now, findings);
  return { said, findings };
}

it("finds that changes wait and the city acknowledges none", () => {
  for (const at of [undefined, now - 2 * hour]) {
    expect(check(3, at).findings, `${at}`).toEqual([expect.stringContaining("3 changes wait to be told")]);
  }
});

it("says how it stands where they are on their way, or nothing waits", () => {
  expect(check(3, now - hour)).toEqual({ findings: [], said: expect.stringContaining("3 changes wait") });
  expect(check(3, now - hour).said).toContain("2026-03-01 11:00:00");
  expect(check(0, undefined).findings).toEqual([]);
  expect(check(3, undefined, false)).toEqual({ findings: [], said: "not told of · 不上报" });
});
