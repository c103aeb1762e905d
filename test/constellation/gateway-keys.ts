import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecretFile } from "@xinqiao/runtime/keys";
import type { Party } from "./party.ts";
import type { TestRegistry } from "./registry.ts";

/** Where a test's gateway has what it signs with and hides by; in its configuration. */
export const gatewayKeys = { signingKey: "key.json", logKey: "log-key.json", logTagKey: "log-tag.key" };

export async function writeGatewayKeys(
  folder: string,
  city: Pick<Party, "jwk">,
  registry: Pick<TestRegistry, "logJwk">,
): Promise<void> {
  const write = (name: string, jwk: object) =>
    writeFile(join(folder, name), JSON.stringify(jwk), { mode: 0o600 });
  await write(gatewayKeys.signingKey, city.jwk);
  await write(gatewayKeys.logKey, registry.logJwk);
  await createSecretFile(join(folder, gatewayKeys.logTagKey));
}
