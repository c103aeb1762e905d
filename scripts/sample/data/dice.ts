/** Seeded randomness: the same seed throws the same numbers on every machine, for ever. */
export interface Dice {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Uniform in [0, below), a whole number. */
  below(below: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T extends readonly [unknown, ...unknown[]]>(choices: T): T[number];
}

/**
 * mulberry32 (T. Ettinger, public domain): 32 bits of state, passes gjrand at the lengths used here. It
 * deals sample data; nothing secret ever comes from it.
 */
export function createDice(seed: string): Dice {
  let state = fnv1a(seed);
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}

/** FNV-1a, 32 bits, over UTF-16 units: spreads seeds that differ in one character. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
