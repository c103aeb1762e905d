import { testAuthorisation } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { standingOf } from "./standing.ts";

const authorisation = testAuthorisation();
const standing = (at: number, now: number, withdrawn = false) =>
  standingOf(
    authorisation,
    { has: () => withdrawn, heard: () => ({ number: 1, at }) },
    { now: now * 1000, staleSeconds: 60 },
  )?.code;

it("is unknown when the list is older than the bound, or was never heard", () => {
  expect(standing(1_000, 1_060)).toBeUndefined();
  expect(standing(1_000, 1_061)).toBe("authorisation.standing-unknown");
  expect(standing(0, 1_000)).toBe("authorisation.standing-unknown");
});

it("is withdrawn whatever the list's age", () => {
  expect(standing(1_000, 1_000, true)).toBe("authorisation.withdrawn");
  expect(standing(0, 1_000, true)).toBe("authorisation.withdrawn");
});
