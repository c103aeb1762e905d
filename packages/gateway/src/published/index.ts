export { type Folder, openFolder } from "./folder.ts";
export { createHolder, type Holder, reopenTaken, type TakenVersion } from "./holder.ts";
export { watch } from "./watch.ts";
