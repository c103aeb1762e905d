import { composeCitizenId } from "@xinqiao/protocol/identity";
import { expect, it } from "vitest";
import { actOf } from "./correction-act.ts";

it("is one correction, with what it says", () => {
  expect(actOf({ repair: true })).toEqual({ state: "repaired" });
  expect(actOf({ annotate: " 异议处理中 " })).toEqual({ state: "annotated", annotation: "异议处理中" });
  expect(() => actOf({})).toThrow("say one of");
  expect(() => actOf({ repair: true, withdraw: true })).toThrow("say one of");
});

const person = composeCitizenId({ division: "440305", birth: "1990-01-01", sequence: 123 });

it.each([
  ["nothing", "", "不得为空"],
  ["spaces", "  ", "不得为空"],
  ["a person's number", `示例 ${person} 来访`, "不得含公民身份号码"],
])("annotates with no text that everyone would be shown: %s", (_, annotate, reason) => {
  expect(() => actOf({ annotate })).toThrow(reason);
});
