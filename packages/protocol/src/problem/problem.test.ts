import { describe, expect, it } from "vitest";
import { codes, FaultError, fault, isCode, parseProblem, statusOf, toProblem } from "./index.ts";

const table = Object.entries(codes);
/** A row may carry data that is merely old: the one code that never ends a request. */
const requestEnding = Object.keys(codes)
  .filter(isCode)
  .filter((code) => code !== "answer.data-too-old");

describe("the table of codes", () => {
  it.each(table)("%s has a name, a status and a text in both languages", (code, entry) => {
    expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    expect(entry.en).toMatch(/^[A-Z][\x20-\x7e]+[^.]$/);
    expect(entry.zh).toMatch(/\p{Script=Han}/u);
    const sane =
      code === "answer.data-too-old" ? entry.status === 200 : entry.status >= 400 && entry.status <= 599;
    expect(sane).toBe(true);
  });

  it("says something else for each code in each language", () => {
    for (const language of ["en", "zh"] as const) {
      expect(new Set(table.map(([, entry]) => entry[language])).size).toBe(table.length);
    }
  });

  it.each([
    ["signature.", 401],
    ["policy.", 403],
  ])("answers %s… with %i, but for a replay", (family, status) => {
    const others = table.filter(([code, entry]) => code.startsWith(family) && entry.status !== status);
    expect(others.map(([code]) => code)).toEqual(family === "signature." ? ["signature.replayed"] : []);
  });

  it("knows its own codes and nothing every object has", () => {
    expect(isCode("limit.rate")).toBe(true);
    for (const other of ["", "toString", "constructor", "limit", "limit.Rate"])
      expect(isCode(other)).toBe(false);
  });
});

describe("toProblem", () => {
  const full = fault("signature.expired", "created 90 s ago", { skewSeconds: -90 });

  it("says what, where and in which trace, in both languages (RFC 9457)", () => {
    expect(toProblem(full, { hop: "sz", traceId: "0af7", requestId: "7f8d" })).toEqual({
      type: "urn:xinqiao:problem:signature.expired",
      title: "Signature has expired",
      titleZh: "签名已过期",
      status: 401,
      code: "signature.expired",
      detail: "created 90 s ago",
      hop: "sz",
      traceId: "0af7",
      requestId: "7f8d",
      facts: { skewSeconds: -90 },
    });
  });

  it("leaves out what there is not", () => {
    const problem = toProblem(fault("limit.rate"), { hop: "sz", traceId: undefined });
    expect(Object.keys(problem)).toEqual(["type", "title", "titleZh", "status", "code", "hop"]);
  });

  it.each(requestEnding)("%s survives the wire", (code) => {
    const problem = toProblem(fault(code, "why", { list: ["a"], flag: true }), { hop: "dg" });
    expect(parseProblem(JSON.stringify(problem))).toEqual(problem);
    expect(statusOf(fault(code))).toBe(problem.status);
  });
});

describe("parseProblem", () => {
  it.each(["", "<html>", "null", "[]", "{}", '{"code":"limit.rate"}'])("finds none in %j", (text) => {
    expect(parseProblem(text)).toBeUndefined();
  });

  it("finds none with a code that is not in the table", () => {
    const problem = { ...toProblem(fault("limit.rate"), { hop: "sz" }), code: "limit.mood" };
    expect(parseProblem(JSON.stringify(problem))).toBeUndefined();
  });
});

describe("FaultError", () => {
  it("carries a fault through code that cannot return it", () => {
    const error = new FaultError(fault("log.full", "the disk"), { cause: "ENOSPC" });
    expect(error).toMatchObject({ name: "FaultError", message: "log.full: the disk", cause: "ENOSPC" });
    expect(error.fault.code).toBe("log.full");
    expect(new FaultError(fault("log.full")).message).toBe("log.full");
  });
});
