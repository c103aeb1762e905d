import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the options of `npm start`", () => {
  it("have defaults", () => {
    expect(readOptions([])).toEqual({
      data: "data",
      subjects: undefined,
      ports: "default",
      peer: false,
      fresh: false,
      once: false,
      json: false,
      help: false,
    });
  });

  it("are read", () => {
    const args = [
      "--data",
      "/d",
      "--subjects",
      "500",
      "--ports",
      "free",
      "--once",
      "--json",
      "--fresh",
      "--peer",
    ];
    expect(readOptions(args)).toEqual({
      data: "/d",
      subjects: 500,
      ports: "free",
      peer: true,
      fresh: true,
      once: true,
      json: true,
      help: false,
    });
  });

  it.each([
    [["--subjects", "99"], /whole number from 100/],
    [["--subjects", "1e3"], /whole number/],
    [["--subjects", "2000000"], /whole number/],
    [["--ports", "8440"], /default or free|`default` or `free`/],
    [["--nonsense"], /--nonsense/],
    [["surplus"], /surplus/],
  ])("say what is wrong with %j", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
