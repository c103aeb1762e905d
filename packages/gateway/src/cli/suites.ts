import { type SuiteName, suiteNameSchema } from "@xinqiao/protocol/keys";
import { type RegistryDocument, suitesOf } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { z } from "zod";
import { openForPublishing } from "./publishing.ts";

/** Before a key is made of a suite with which no version could be published. */
export function refuseUnlisted(document: RegistryDocument, suite: SuiteName): void {
  if (suitesOf(document).includes(suite)) return;
  throw new CommandError(
    `the registry does not list the suite ${suite}: see \`registry suites\` · 成员清单未列入该算法`,
  );
}

/**
 * Says anew what the federation signs with. A suite goes out of use once no key of it counts any more: before that
 * the version would be unsound, and is not published.
 */
export async function setSuites(
  home: string,
  names: readonly string[],
  now: () => number,
): Promise<RegistryDocument> {
  const suites = parseConfig(z.array(suiteNameSchema), [...new Set(names)]);
  if (!suites.ok) throw new ConfigError("suites", suites.error);
  const registry = await openForPublishing(home, now);
  return registry.publish(() => ({ suites: suites.value }));
}
