import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { absent, publishFile } from "@xinqiao/runtime/files";
import { type Act, actSchema } from "./act.ts";

/**
 * Operators' acts on their way into the log. Commands run beside the gateway, and the log has one writer: a command
 * leaves its act here, and the gateway writes it down.
 */
export interface ActsFolder {
  leave(id: string, act: Act, at: number): Promise<void>;
  /** In the order they were done. Throws on one that is damaged: it is for an operator to look at. */
  waiting(): Promise<readonly WaitingAct[]>;
}

export interface WaitingAct {
  readonly id: string;
  readonly act: Act;
  remove(): Promise<void>;
}

const ending = ".json";

export function openActsFolder(folder: string): ActsFolder {
  return {
    async leave(id, act, at) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Milliseconds have thirteen digits until 2286: names sort by time.
      await publishFile(join(folder, `${at}_${id}${ending}`), JSON.stringify(act), 0o600);
    },
    async waiting() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
      const waiting = await Promise.all(
        names.map(async (name) => {
          const file = join(folder, name);
          // Gone already: somebody else has just written it down, and the log has it once.
          const text = await readFile(file, "utf8").catch(absent);
          if (text === undefined) return undefined;
          const id = name.slice(name.indexOf("_") + 1, -ending.length);
          return { id, act: actSchema.parse(JSON.parse(text)), remove: () => rm(file, { force: true }) };
        }),
      );
      return waiting.filter((act) => act !== undefined);
    },
  };
}
