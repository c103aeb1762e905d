export { type BackupOptions, backUp } from "./back-up.ts";
export { type Restored, restore } from "./restore.ts";
