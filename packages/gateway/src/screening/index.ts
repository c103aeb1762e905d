export type { GivenRecord, GivenRecords, Teller, ToldRecords } from "./ports.ts";
export { type ScreenDependencies, screen } from "./screen.ts";
