/**
 * Makes `signing/*.json` again: `node packages/protocol/vectors/generate.ts`; with `--check` it writes nothing
 * and fails when a file differs. Keys, times and nonces are fixed and ES256 is deterministic, so the
 * files change only with what they say. `signing/rfc9421.json` is copied from the RFC by hand.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keys, memberList } from "./making/members.ts";
import { requestVectors } from "./making/requests.ts";
import { responseVectors } from "./making/responses.ts";

const privateKeys = Object.fromEntries(
  Object.entries(keys).map(([name, { privateJwk }]) => [name, privateJwk]),
);

const files = {
  "members.json": {
    about: "The registry the vectors are read against, and its published test keys. Never trust these keys.",
    ...memberList,
    privateKeys,
  },
  "requests.json": requestVectors(),
  "responses.json": responseVectors(),
};

const stale = Object.entries(files).filter(([name, content]) => {
  const path = join(import.meta.dirname, "signing", name);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  return readFileSync(path, "utf8") !== text;
});

if (stale.length > 0) {
  process.stderr.write(`not what generate.ts makes: ${stale.map(([name]) => name).join(", ")}\n`);
  process.exitCode = 1;
}
