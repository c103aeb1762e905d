import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Registry } from "@xinqiao/protocol/registry";
import { ConfigError } from "@xinqiao/runtime/config";
import { readRegistryFile } from "@xinqiao/runtime/registry";

/** Every version a city has published, one file each. */
export interface RegistryFolder {
  /** The highest number published, without opening anything. Throws a ConfigError when there is none. */
  newestNumber(): Promise<number>;
  /** Throws a ConfigError when there is none, or it is damaged. */
  newest(): Promise<Registry>;
  /** The signed text of one version; nothing when it was not published. */
  text(version: number): Promise<string | undefined>;
  /**
   * Adds a version whole or not at all. Throws a ConfigError when one of that number was published meanwhile: of two
   * operators one is told.
   */
  publish(version: number, text: string): Promise<void>;
}

const ending = ".jws";

/** @param now milliseconds since 1970 */
export function openRegistryFolder(folder: string, now: () => number): RegistryFolder {
  const file = (version: number) => join(folder, `${version}${ending}`);
  async function newestNumber(): Promise<number> {
    const names = await readdir(folder).catch(() => []);
    const versions = names
      .filter((name) => /^\d+\.jws$/.test(name))
      .map((name) => Number(name.slice(0, -ending.length)));
    if (versions.length === 0) throw new ConfigError(folder, ["holds no version of the registry"]);
    return Math.max(...versions);
  }

  return {
    newestNumber,
    async newest() {
      const newest = await newestNumber();
      const registry = await readRegistryFile(file(newest), now());
      if (registry?.document.version !== newest) {
        throw new ConfigError(file(newest), [`holds version ${registry?.document.version}`]);
      }
      return registry;
    },
    async text(version) {
      const text = await readFile(file(version), "utf8").catch(() => undefined);
      return text?.trim();
    },
    async publish(version, text) {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const draft = join(folder, `.${version}.${randomUUID()}.draft`);
      await writeFile(draft, `${text}\n`, { mode: 0o644, flush: true });
      try {
        await link(draft, file(version));
        await syncFolder(folder);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
        throw new ConfigError(file(version), [
          "this version was published meanwhile by somebody else: look at it, and do it again",
        ]);
      } finally {
        await unlink(draft);
      }
    },
  };
}

/** What members have taken must not be gone after a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
