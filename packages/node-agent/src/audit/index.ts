export { proveExchange, searchLog } from "./ask.ts";
