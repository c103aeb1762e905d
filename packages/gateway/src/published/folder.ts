import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "@xinqiao/protocol/problem";
import type { DocumentName, Published } from "@xinqiao/protocol/published";
import type { Result } from "@xinqiao/protocol/result";
import { ConfigError } from "@xinqiao/runtime/config";
import { publishFile } from "@xinqiao/runtime/files";
import { readPublishedFile } from "@xinqiao/runtime/published";

/** Every version a city has published, one file each. */
export interface Folder<Version extends Published> {
  /** The highest number published, without opening anything. Throws a ConfigError when there is none. */
  newestNumber(): Promise<number>;
  /** Throws a ConfigError when there is none, or it is damaged. */
  newest(): Promise<Version>;
  /** The signed text of one version; nothing when it was not published. */
  text(version: number): Promise<string | undefined>;
  /**
   * Adds a version whole or not at all. Throws a ConfigError when one of that number was published meanwhile: of two
   * operators one is told.
   */
  publish(version: number, text: string): Promise<void>;
}

const ending = ".jws";

/** @param reopen opens what this folder's owner has put there */
export function openFolder<Version extends Published>(
  folder: string,
  name: DocumentName,
  reopen: (text: string) => Result<Version, Fault>,
): Folder<Version> {
  const file = (version: number) => join(folder, `${version}${ending}`);
  async function newestNumber(): Promise<number> {
    const names = await readdir(folder).catch(() => []);
    const versions = names
      .filter((entry) => /^\d+\.jws$/.test(entry))
      .map((entry) => Number(entry.slice(0, -ending.length)));
    if (versions.length === 0) throw new ConfigError(folder, [`holds no version of the ${name}`]);
    return Math.max(...versions);
  }

  return {
    newestNumber,
    async newest() {
      const newest = await newestNumber();
      const version = await readPublishedFile(file(newest), reopen);
      if (version?.document.version !== newest) {
        throw new ConfigError(file(newest), [`holds version ${version?.document.version}`]);
      }
      return version;
    },
    async text(version) {
      const text = await readFile(file(version), "utf8").catch(() => undefined);
      return text?.trim();
    },
    async publish(version, text) {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      if (await publishFile(file(version), `${text}\n`, 0o644)) return;
      throw new ConfigError(file(version), [
        "this version was published meanwhile by somebody else: look at it, and do it again",
      ]);
    },
  };
}
