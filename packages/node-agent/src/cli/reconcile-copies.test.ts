import { expect, it } from "vitest";
import { copiesReconciledSchema } from "../copies/index.ts";
import { copiesReport } from "./reconcile-copies.ts";

const counts = { here: 2, there: 2, onlyHere: 0, onlyThere: 0, otherwise: 0, refused: 0, repaired: 0 };
const row = { source: "dg", item: "penalty", ...counts, equal: true };

it("says of a receipt that is still to be given that it is on its way, and nothing of records of one's own", () => {
  const { rows } = copiesReconciledSchema.parse({
    rows: [
      { ...row, received: 7, applied: 7, actedUpon: 2 },
      { ...row, received: 8, applied: null, actedUpon: null },
      { ...row, received: null, applied: null, actedUpon: null },
    ],
  });
  const [given, due, own] = copiesReport("hz", { rows })
    .split("\n")
    .filter((line) => line.includes("│ dg"));
  expect(given).toMatch(/│ 7\s+│ 7\s+│ 2\s+│ 是 yes/);
  expect(due).toMatch(/│ 8\s+│ 待送达 on its way\s+│ -\s+│ 是 yes/);
  expect(own).toMatch(/│ -\s+│ -\s+│ -\s+│ 是 yes/);
});
