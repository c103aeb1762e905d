import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { expect, it } from "vitest";
import { suggestedFor } from "./cases.ts";

const about = { source: nodeIdSchema.parse("dg"), record: "penalty:1" };
it.each([
  ["same", { isHeld: true, isBlank: false, isAsSigned: true }],
  ["differs", { isHeld: true, isBlank: false, isAsSigned: false }],
  ["not-kept", { isHeld: true, isBlank: true, isAsSigned: false }],
  ["not-held", { isHeld: false, isBlank: false, isAsSigned: false }],
])("suggests %s", (suggested, { isHeld, isBlank, isAsSigned }) => {
  const hub = {
    version: () => (isHeld ? {} : undefined),
    isBlank: () => isBlank,
    isAsSigned: () => isAsSigned,
  };
  expect(suggestedFor(about, hub, "2026-02-01")).toBe(suggested);
});
