import { describe, expect, it } from "vitest";
import { hzApi } from "./api.ts";
import { keyHeader, queryPath } from "./lists.ts";

const documents = [{ documentNumber: "1" }, { documentNumber: "2" }];
const api = hzApi(
  { of: (dataType, code) => (dataType === "XZCF" && code === "known" ? documents : []) },
  "the key",
);

const ask = (body: unknown, headers: Record<string, string> = { [keyHeader]: "the key" }) =>
  api.request(queryPath, { method: "POST", headers, body: JSON.stringify(body) });

const query = { dataType: "XZCF", codeType: "USCC", subjectCode: "known" };

describe("Huizhou's interface", () => {
  it("answers in its own envelope", async () => {
    const reply = await ask(query);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({ code: 0, msg: "success", data: { total: 2, list: documents } });
  });

  it("answers an empty list about whom it does not know", async () => {
    const reply = await ask({ ...query, subjectCode: "unknown" });
    expect(await reply.json()).toMatchObject({ code: 0, data: { total: 0, list: [] } });
  });

  it.each([
    ["no key", query, {}, 401, 40101],
    ["a wrong key", query, { [keyHeader]: "another" }, 401, 40101],
    ["an unknown kind of code", { ...query, codeType: "NAME" }, undefined, 400, 40001],
    ["no question", "", undefined, 400, 40001],
  ])("refuses %s", async (_, body, headers, status, code) => {
    const reply = await ask(body, headers);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ code, data: null });
  });

  it("has no other doors", async () => {
    expect((await api.request("/openapi/v1/records")).status).toBe(404);
    expect((await api.request("/health")).status).toBe(200);
  });
});
