export { searchLog } from "./ask.ts";
