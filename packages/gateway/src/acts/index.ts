export type { Act } from "./act.ts";
export { type ActsFolder, openActsFolder } from "./folder.ts";
export { recordActs } from "./record.ts";
