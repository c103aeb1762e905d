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
