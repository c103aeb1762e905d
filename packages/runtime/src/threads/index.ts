export { startThread, type Thread, type ThreadOptions, threadFile } from "./thread.ts";
