import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { publishFile } from "@xinqiao/runtime/files";
import type { EnrolmentQueue, EnrolmentState, QueuedEnrolment } from "./queue.ts";

/** So many wait at most, and of one member: whoever may ask must neither fill the disk nor shut others out. */
const mostPending = 1_000;
const mostOfOne = 8;

const request = ".jws";
const decided = ".decided";

type Name = Pick<QueuedEnrolment, "id" | "node">;

/** One file a request, `<node>_<id>.jws`, and beside it one that says what was decided. */
export function openEnrolmentFolder(folder: string): EnrolmentQueue {
  const fileOf = ({ node, id }: Name, ending: string) => join(folder, `${node}_${id}${ending}`);
  const read = (file: string) =>
    readFile(file, "utf8").then(
      (text) => text.trim(),
      () => undefined,
    );

  async function stateOf(name: Name): Promise<EnrolmentState> {
    const text = await read(fileOf(name, decided));
    return text === "approved" || text === "rejected" ? text : "pending";
  }

  async function pending(): Promise<Name[]> {
    const files = await readdir(folder).catch(() => []);
    const done = new Set(files.filter((file) => file.endsWith(decided)));
    return files
      .filter((file) => file.endsWith(request))
      .map((file) => file.slice(0, -request.length))
      .filter((name) => !done.has(`${name}${decided}`))
      .map((name) => {
        const [node = "", id = ""] = name.split("_");
        return { node: nodeIdSchema.parse(node), id };
      });
  }

  return {
    async put({ text, ...name }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const before = await read(fileOf(name, request));
      if (before !== undefined) return before === text ? stateOf(name) : "used";
      const waiting = await pending();
      const own = waiting.filter(({ node }) => node === name.node).length;
      if (waiting.length >= mostPending || own >= mostOfOne) return "full";
      const added = await publishFile(fileOf(name, request), `${text}\n`, 0o600);
      return added || (await read(fileOf(name, request))) === text ? stateOf(name) : "used";
    },
    async pending() {
      const names = await pending();
      return Promise.all(
        names.map(async (name) => {
          const file = fileOf(name, request);
          const [text = "", { mtime }] = await Promise.all([read(file), stat(file)]);
          return { ...name, text, receivedAt: mtime.toISOString() };
        }),
      );
    },
    async decide(name, decision) {
      await publishFile(fileOf(name, decided), `${decision}\n`, 0o600);
    },
  };
}
