/** The process is gone: nothing that it was about to do happens. */
export class Killed extends Error {}

/** Kills a process between two of the things that it does. */
export interface Fuse {
  /** After so many more steps. */
  light(steps: number): void;
  /** One step: throws when it is not taken any more. */
  burn(): void;
  readonly dead: boolean;
  /** A new process. */
  replace(): void;
}

export function createFuse(): Fuse {
  let left = Number.POSITIVE_INFINITY;
  return {
    light(steps) {
      left = steps;
    },
    burn() {
      left -= 1;
      if (left < 0) throw new Killed("killed");
    },
    get dead() {
      return left < 0;
    },
    replace() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

/** A port whose process may die before each call of it, and after. */
export function fused<T extends object>(port: T, fuse: Fuse): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        fuse.burn();
        const done: unknown = Reflect.apply(member, target, args);
        if (!(done instanceof Promise)) {
          fuse.burn();
          return done;
        }
        return done.then((value: unknown) => {
          fuse.burn();
          return value;
        });
      };
    },
  });
}
