const noted = (note: string | undefined) => (note === undefined ? "" : ` · ${note}`);

/** One piece of work under way, shown until it ends. */
export interface Step {
  /** So much of the whole is done. @param note what else there is to say of it */
  at(done: number, total: number, note?: string): void;
  end(note?: string): void;
}

/** Shows work to a person; several steps may run at once. */
export interface Progress {
  begin(label: string): Step;
  /** A line that stays, above whatever is under way. */
  say(text: string): void;
}

export const silentProgress: Progress = { begin: () => ({ at() {}, end() {} }), say() {} };

/** Where progress goes: a terminal redraws its lines, anything else gets a line at each end. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function createProgress(screen: Screen, now: () => number = () => performance.now()): Progress {
  return screen.isTTY === true ? liveProgress(screen, now) : plainProgress(screen, now);
}

const doneMark = "✓";

function plainProgress(screen: Screen, now: () => number): Progress {
  const say = (text: string) => screen.write(`${text}\n`);
  return {
    say,
    begin(label) {
      const begun = now();
      let quarters = 0;
      say(`… ${label}`);
      return {
        at(done, total, note) {
          const reached = Math.floor((4 * done) / total);
          if (reached > quarters && reached < 4) say(`… ${label} ${reached * 25} %${noted(note)}`);
          quarters = Math.max(quarters, reached);
        },
        end: (note) => say(finished(label, now() - begun, note)),
      };
    },
  };
}

interface Live {
  readonly label: string;
  share?: number;
  note?: string | undefined;
}

const frameMs = 100;

function liveProgress(screen: Screen, now: () => number): Progress {
  const steps = new Set<Live>();
  let drawn = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  /** Erases the lines under way, writes what stays, and draws them anew below it. */
  const draw = (staying = "") => {
    const erase = drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : "";
    screen.write(erase + staying + [...steps].map((step) => `${bar(step)}\n`).join(""));
    drawn = steps.size;
    drawnAt = now();
  };
  return {
    say: (text) => draw(`${text}\n`),
    begin(label) {
      const begun = now();
      const step: Live = { label };
      steps.add(step);
      draw();
      return {
        at(done, total, note) {
          step.share = Math.min(1, done / total);
          step.note = note;
          if (now() - drawnAt >= frameMs) draw();
        },
        end(note) {
          steps.delete(step);
          draw(`${finished(label, now() - begun, note)}\n`);
        },
      };
    },
  };
}

const barWidth = 24;

function bar({ label, share, note }: Live): string {
  if (share === undefined) return `… ${label}`;
  const full = Math.round(share * barWidth);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)} ${percent} % ${label}${noted(note)}`;
}

function finished(label: string, ms: number, note?: string): string {
  return `${doneMark} ${label} ${(ms / 1_000).toFixed(1)} s${noted(note)}`;
}
