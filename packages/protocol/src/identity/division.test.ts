import { describe, expect, it } from "vitest";
import { divisionName, isDivision, isRegistrationDivision, parentDivision } from "./division.ts";
import { guangdongCities, listedCounties, provinces } from "./division-data.ts";

describe("the division data", () => {
  it("agrees with itself: a city's digits are in its province, a county's in its city", () => {
    const cities = Object.keys(guangdongCities).map((code) => code.slice(2, 4));
    expect(provinces["44"]?.prefectures.split(" ")).toEqual(cities);
    for (const [city, counties] of Object.entries(listedCounties)) {
      expect(guangdongCities).toHaveProperty(`${city}00`);
      for (const county of Object.keys(counties)) expect(county.slice(0, 4)).toBe(city);
    }
  });

  it("holds the 34 provinces", () => {
    expect(Object.keys(provinces)).toHaveLength(34);
  });
});

describe("isDivision", () => {
  it.each(["440000", "440300", "440306", "441900", "441581", "110000", "110105", "429004", "810000"])(
    "knows %s",
    (code) => {
      expect(isDivision(code)).toBe(true);
    },
  );

  it.each([
    ["000000", "no province"],
    ["100000", "a registration's division, but none of GB/T 2260"],
    ["441000", "no such city"],
    ["440312", "no such district of 深圳"],
    ["441901", "东莞 has no districts"],
    ["440001", "a county without a prefecture"],
    ["710001", "a county without a prefecture"],
    ["44030", "five digits"],
    ["4403000", "seven digits"],
    ["４４0300", "full-width digits"],
    ["sz-baoan", "a node id"],
  ])("does not know %s: %s", (code) => {
    expect(isDivision(code)).toBe(false);
  });
});

describe("isRegistrationDivision", () => {
  it("takes the national code and any county of a known prefecture", () => {
    expect(["100000", "440300", "440312", "441901", "133100"].filter(isRegistrationDivision)).toHaveLength(5);
  });

  it("refuses prefectures that never were", () => {
    expect(["345678", "441000", "100001", "990000", "000000"].filter(isRegistrationDivision)).toEqual([]);
  });
});

describe("divisionName", () => {
  it.each([
    ["440000", "广东省", "Guangdong"],
    ["440300", "深圳市", "Shenzhen"],
    ["440306", "宝安区", "Bao'an"],
    ["441621", "紫金县", "Zijin"],
  ])("of %s is %s, %s", (code, zh, en) => {
    expect(divisionName(code)).toEqual({ zh, en });
  });

  it("is undefined where no name is held", () => {
    expect(divisionName("110105")).toBeUndefined();
    expect(divisionName("000000")).toBeUndefined();
  });
});

describe("parentDivision", () => {
  it.each([
    ["440306", "440300"],
    ["440300", "440000"],
    ["440000", undefined],
    ["110105", "110000"],
    ["419001", "410000"],
    ["440312", undefined],
  ])("of %s is %s", (code, parent) => {
    expect(parentDivision(code)).toBe(parent);
  });
});
