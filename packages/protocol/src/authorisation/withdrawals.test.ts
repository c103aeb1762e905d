import { describe, expect, it } from "vitest";
import { signCompact } from "../jws/index.ts";
import { testFederation, testNode, testNow } from "../testing/index.ts";
import { openWithdrawals, signWithdrawals, type Withdrawals, withdrawalsType } from "./index.ts";

const { directory, signer } = testFederation();
const page: Withdrawals = {
  iss: testNode("sz"),
  iat: testNow / 1000,
  after: 3,
  next: 4,
  last: 4,
  withdrawn: [
    { iss: testNode("sz-baoan"), id: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60", exp: testNow / 1000 + 60 },
  ],
};
const open = (text: string, now = testNow) => openWithdrawals(text, testNode("sz"), directory, now);
const refused = { ok: false, error: { code: "gateway.response-invalid" } };

describe("a page of withdrawals", () => {
  it("is the gateway's own word", async () => {
    expect(open(await signWithdrawals(page, signer("sz")))).toEqual({ ok: true, value: page });
  });

  it.each<[string, () => Promise<string>]>([
    ["of another member", () => signWithdrawals(page, signer("dg"))],
    ["in another's name", () => signWithdrawals({ ...page, iss: testNode("dg") }, signer("sz"))],
    ["of a key nobody knows", () => signWithdrawals(page, signer("stranger"))],
    [
      "of another type",
      () => signCompact(Buffer.from(JSON.stringify(page)), "xinqiao-answer+jws", signer("sz")),
    ],
    ["that is no page", () => signCompact(Buffer.from("{}"), withdrawalsType, signer("sz"))],
    ["from the future", () => signWithdrawals({ ...page, iat: testNow / 1000 + 11 }, signer("sz"))],
    ["that was changed", async () => `${(await signWithdrawals(page, signer("sz"))).slice(0, -4)}AAAA`],
    ["that is no JWS", async () => "no page"],
  ])("is refused when it is one %s", async (_what, text) => {
    expect(open(await text())).toMatchObject(refused);
  });
});
