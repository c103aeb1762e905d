import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { publishFile } from "@xinqiao/runtime/files";
import type { EnrolmentQueue, EnrolmentState } from "./queue.ts";

/** So many wait at most: whoever holds an invitation must not fill the disk. */
const mostPending = 1_000;

const request = ".jws";
const decided = ".decided";

/** One file a request, and beside it one that says what was decided. */
export function openEnrolmentFolder(folder: string): EnrolmentQueue {
  const fileOf = (id: string, ending: string) => join(folder, `${id}${ending}`);
  const read = (file: string) => readFile(file, "utf8").then((text) => text.trim());

  async function stateOf(id: string): Promise<EnrolmentState> {
    const text = await read(fileOf(id, decided)).catch(() => undefined);
    return text === "approved" || text === "rejected" ? text : "pending";
  }

  async function pendingIds(): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    const done = new Set(names.filter((name) => name.endsWith(decided)));
    return names
      .filter((name) => name.endsWith(request))
      .map((name) => name.slice(0, -request.length))
      .filter((id) => !done.has(`${id}${decided}`));
  }

  return {
    async put(id, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if ((await pendingIds()).length >= mostPending) return "full";
      const added = await publishFile(fileOf(id, request), `${text}\n`, 0o600);
      return added || (await read(fileOf(id, request))) === text ? stateOf(id) : "used";
    },
    async pending() {
      const ids = await pendingIds();
      return Promise.all(
        ids.map(async (id) => {
          const file = fileOf(id, request);
          const [text, { mtime }] = await Promise.all([read(file), stat(file)]);
          return { id, text, receivedAt: mtime.toISOString() };
        }),
      );
    },
    async decide(id, decision) {
      await publishFile(fileOf(id, decided), `${decision}\n`, 0o600);
    },
  };
}
