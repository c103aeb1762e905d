import { readFileSync } from "node:fs";
import { ConfigError } from "@xinqiao/runtime/config";

/** A secret given in the file or by the name of an environment variable; the schema lets exactly one through. */
export function secret(
  value: string | undefined,
  variable: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  setting: string,
): string {
  const found = value ?? (variable === undefined ? undefined : env[variable]);
  if (found === undefined || found === "") {
    throw new ConfigError(setting, [`the environment variable ${variable} is not set`]);
  }
  return found;
}

/** A header's value, given in one of three ways. */
export function authValue(
  auth: {
    readonly value?: string | undefined;
    readonly valueEnv?: string | undefined;
    readonly valueFile?: string | undefined;
  },
  env: Readonly<Record<string, string | undefined>>,
  setting: string,
): string {
  const { value, valueEnv, valueFile } = auth;
  return valueFile === undefined ? secret(value, valueEnv, env, setting) : fileText(valueFile, setting);
}

function fileText(path: string, setting: string): string {
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text !== "") return text;
  } catch {
    // The same to whoever reads the message: there is no secret at that place.
  }
  throw new ConfigError(setting, [`${path} cannot be read, or is empty`]);
}
