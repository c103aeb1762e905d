/** One ask's place among the asks of its lookup. */
export interface Seat {
  /**
   * Called by an ask that only probes whether its node is back. The signal fires when all asks that do
   * not probe are in, and a moment more; never, when there is none: then nobody is held up.
   */
  probe(): AbortSignal;
  /** The ask is over. Again does nothing. */
  leave(): void;
}

/** The asks of one lookup: keeps a probe of a sick node from holding up what the healthy ones have said. */
export interface Company {
  join(): Seat;
  /** Stops the timer. Whoever makes a company disposes of it. */
  dispose(): void;
}

/** How long a probe may hold up a lookup whose other rows are in: enough for a node that is well again. */
export const probeGraceMs = 50;

/** @param size how many will join */
export function createCompany(size: number): Company {
  const othersIn = new AbortController();
  let outstanding = size;
  let heard = 0;
  let timer: NodeJS.Timeout | undefined;

  const check = () => {
    if (outstanding === 0 && heard > 0) timer ??= setTimeout(() => othersIn.abort(), probeGraceMs);
  };
  return {
    join() {
      let counted = true;
      const uncount = () => {
        outstanding -= counted ? 1 : 0;
        counted = false;
      };
      return {
        probe() {
          uncount();
          check();
          return othersIn.signal;
        },
        leave() {
          heard += counted ? 1 : 0;
          uncount();
          check();
        },
      };
    },
    dispose: () => clearTimeout(timer),
  };
}
