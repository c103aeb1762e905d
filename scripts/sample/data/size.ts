/** Changes whenever the same size would no longer give the same data: kept data of another version is remade. */
export const sampleVersion = 1;

export const defaultSubjects = 20_000;

/** Below this the shares of rare things are none, and the sample shows nothing. */
export const fewestSubjects = 100;

/** Most that document numbers and codes of their own can tell apart. */
export const mostSubjects = 1_000_000;

const mostRecords = 400;
const medianRecords = 7;

/**
 * How many records the subject at a place has. The counts are the quantiles of one log-logistic
 * distribution (median 7, shape 2, cut at 400), dealt out in shuffled order: whatever the size, most
 * subjects have a few, some have hundreds, and the mean is above ten.
 */
export function recordCount(place: number, subjects: number): number {
  const rank = (shuffled(place, subjects) + 0.5) / subjects;
  const count = Math.round(medianRecords * Math.sqrt(rank / (1 - rank)));
  return Math.min(mostRecords, Math.max(1, count));
}

/** A permutation of 0 … size − 1 without a table: a step that shares no factor with the size visits every place. */
function shuffled(place: number, size: number): number {
  return (place * strideOf(size)) % size;
}

/** Near size / φ, so that neighbours land far apart. */
function strideOf(size: number): number {
  let stride = Math.floor(size * 0.618) | 1;
  while (greatestCommonDivisor(stride, size) !== 1) stride += 1;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Records of a node, all subjects together. */
export function recordTotal(subjects: number): number {
  let total = 0;
  for (let place = 0; place < subjects; place += 1) total += recordCount(place, subjects);
  return total;
}
