export { compareWithWitnesses } from "./before-writing.ts";
export { openPublishing, type Publishing } from "./open.ts";
