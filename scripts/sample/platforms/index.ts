export { fileForms } from "./baoan/forms.ts";
export { reader, readPassword } from "./dg/accounts.ts";
export { dgSource } from "./dg/source.ts";
export { readKey } from "./hz/key.ts";
export { hzSource } from "./hz/source.ts";
export { longgangSource } from "./longgang/source.ts";
export type { SourceConfig } from "./mapping.ts";
