/**
 * Makes `signing/*.json`, `keys/*.json` and `note/own.json` again: `node packages/protocol/vectors/generate.ts`. Keys,
 * times and nonces are fixed, ES256 and SM2 are deterministic, so the files change only with what they say.
 * `signing/rfc9421.json` is copied from the RFC by hand, `note/published.json` from what others publish.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { keys, memberList } from "./making/members.ts";
import { noteVectors } from "./making/notes.ts";
import { requestVectors } from "./making/requests.ts";
import { responseVectors } from "./making/responses.ts";
import { sm2Vectors } from "./making/sm2-signatures.ts";

const members = {
  about: "The registry the vectors are read against, and its published test keys. Never trust these keys.",
  ...memberList,
  privateKeys: Object.fromEntries(Object.entries(keys).map(([name, { privateJwk }]) => [name, privateJwk])),
};

const contents = {
  "signing/members.json": members,
  "signing/requests.json": requestVectors(),
  "signing/responses.json": responseVectors(),
  "keys/sm2.json": sm2Vectors(),
  "note/own.json": noteVectors(),
};

/** Every generated file: where it belongs and its whole text. */
export const vectorFiles = Object.entries(contents).map(([name, content]) => ({
  name,
  path: join(import.meta.dirname, name),
  text: `${JSON.stringify(content, null, 2)}\n`,
}));

if (import.meta.main) {
  for (const { path, text } of vectorFiles) writeFileSync(path, text);
}
