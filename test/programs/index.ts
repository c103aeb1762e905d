import type { ProgramName } from "@xinqiao/scripts/bundle.ts";
import { inject } from "vitest";

export type { ProgramName };

/** The file to start of a program, as it was bundled for this run. */
export const programFile = (program: ProgramName): string => inject("programs")[program];
