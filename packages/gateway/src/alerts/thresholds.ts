import { z } from "zod";

const positive = z.number().int().positive();

/** What is unusual: the city's to say, in `gateway.json`. */
export const thresholdsSchema = z.strictObject({
  /** How often it is looked whether another hour is over. */
  lookEverySeconds: positive.default(30),
  unusualVolume: z
    .strictObject({
      /** Median absolute deviations (scaled to a normal distribution's) above the median of the weeks before. */
      deviations: z.number().positive().default(6),
      /** Fewer lookups in an hour are never unusual. */
      atLeast: positive.default(50),
      /** Weeks looked back; a member that was there for fewer than the least is not judged. */
      weeks: positive.default(8),
      leastWeeks: positive.default(4),
    })
    .prefault({}),
  outsideHours: z
    .strictObject({
      atLeast: positive.default(20),
      /** Hours of the city's clock. */
      nightFrom: z.number().int().min(0).max(23).default(22),
      nightTo: z.number().int().min(0).max(23).default(6),
    })
    .prefault({}),
  manySubjects: z.strictObject({ atLeast: positive.default(500) }).prefault({}),
  watchedSubject: z.strictObject({ atLeast: positive.default(5) }).prefault({}),
  /** A member that is newer than so many days has no habits yet. */
  newPurpose: z.strictObject({ settledDays: positive.default(30) }).prefault({}),
});
export type Thresholds = z.output<typeof thresholdsSchema>;
