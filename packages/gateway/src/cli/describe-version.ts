import { type RegistryDocument, suitesOf } from "@xinqiao/protocol/registry";
import { describeMember } from "./members.ts";

/** What an operator sees of a version that was published. */
export function describeVersion(document: RegistryDocument): string {
  const { version: number, exp, members } = document;
  const end = new Date(exp * 1000).toISOString();
  const suites = suitesOf(document).join(", ");
  return [
    `version · 版本 ${number}\tuntil · 有效期至 ${end}\tsuites · 算法 ${suites}`,
    ...members.map(describeMember),
  ].join("\n");
}
