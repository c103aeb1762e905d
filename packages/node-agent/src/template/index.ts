export { templateOf } from "./template.ts";
