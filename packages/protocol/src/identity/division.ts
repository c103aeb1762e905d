import { type DivisionName, guangdongCities, listedCounties, provinces } from "./division-data.ts";

const prefectures = new Set(
  Object.entries(provinces).flatMap(([province, { prefectures }]) => [
    `${province}00`,
    ...(prefectures.match(/\d{2}/g) ?? []).map((prefecture) => `${province}${prefecture}`),
  ]),
);

/**
 * Whether six digits are a GB/T 2260 division: always checked to the prefecture, and to the county
 * in the cities whose counties are listed here.
 */
export function isDivision(code: string): boolean {
  if (!isRegistrationDivision(code) || code === national) return false;
  const counties = listedCounties[code.slice(0, 4)];
  return code.endsWith("00") || counties === undefined || Object.hasOwn(counties, code);
}

/** Registered with a national body: not in GB/T 2260, used by GB 32100 codes. */
const national = "100000";

/**
 * Whether a registering authority can have been seated there: checked to the prefecture only. Counties
 * come and go every year, and a code keeps the division it was issued in.
 */
export function isRegistrationDivision(code: string): boolean {
  if (code === national) return true;
  if (!/^\d{6}$/.test(code) || !prefectures.has(code.slice(0, 4))) return false;
  return !isProvinceLevel(code) || code.endsWith("0000");
}

export function isProvince(prefix: string): boolean {
  return Object.hasOwn(provinces, prefix);
}

/** The name of a province, a city of Guangdong, or a county listed here; `undefined` for any other code. */
export function divisionName(code: string): DivisionName | undefined {
  const province = code.endsWith("0000") ? provinces[code.slice(0, 2)] : undefined;
  if (province !== undefined) return { zh: province.zh, en: province.en };
  return guangdongCities[code] ?? listedCounties[code.slice(0, 4)]?.[code];
}

/** `440306` → `440300` → `440000` → `undefined`. A county under the province directly has the province as parent. */
export function parentDivision(code: string): string | undefined {
  if (!isDivision(code) || code.endsWith("0000")) return undefined;
  const province = `${code.slice(0, 2)}0000`;
  if (code.endsWith("00") || isGrouping(code)) return province;
  return `${code.slice(0, 4)}00`;
}

function isProvinceLevel(code: string): boolean {
  return code.slice(2, 4) === "00";
}

/** Prefecture digits that stand for no prefecture: 市辖区 and 县 of a municipality, 直辖 counties. */
function isGrouping(code: string): boolean {
  return code.slice(2, 4) === "90" || ["11", "12", "31", "50"].includes(code.slice(0, 2));
}
