export { reportMeasure } from "./report.ts";
