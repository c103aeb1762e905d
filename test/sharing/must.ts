/** Something that must not be. */
export class Broken extends Error {}

export const must = (condition: boolean, what: string): void => {
  if (!condition) throw new Broken(what);
};
