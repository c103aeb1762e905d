import { inject } from "vitest";
import type { ProgramName } from "./bundle.ts";

export type { ProgramName };

/** The file to start of a program, as it was bundled for this run. */
export const programFile = (program: ProgramName): string => inject("programs")[program];
