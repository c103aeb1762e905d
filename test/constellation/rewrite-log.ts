import { logOrigin, signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { importSigner, type PrivateJwk, publicOf } from "@xinqiao/protocol/keys";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import { noteKey, noteSigner } from "@xinqiao/protocol/note";
import Database from "better-sqlite3";

/** What an operator with every right on the machine does to a log's file. */
export interface LogFile {
  /** Takes all entries of an exchange out, and nothing else. */
  drop(exchange: string): void;
  /** Changes the text of an exchange's entry of a kind. */
  edit(exchange: string, kind: string, from: string, to: string): void;
  /** Hashes the whole tree again, so that it fits its entries. */
  rehash(): void;
  /** Forgets what was signed, and signs the head that there is now. */
  signAnew(logJwk: PrivateJwk): Promise<void>;
  close(): void;
}

export function openLogFile(path: string): LogFile {
  const database = new Database(path);
  database.pragma("foreign_keys = OFF");
  const leaves = database.prepare<[], string>("SELECT leaf FROM entry ORDER BY idx").pluck();
  const put = database.prepare("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)");

  function tree(each: (level: number, index: number, hash: Uint8Array) => void) {
    let frontier = emptyFrontier;
    for (const leaf of leaves.all()) {
      const appended = appendLeaf(frontier, leafHash(Buffer.from(leaf)));
      for (const { level, index, hash } of appended.nodes) each(level, index, hash);
      frontier = appended.frontier;
    }
    return frontier;
  }

  return {
    drop: (exchange) => void database.prepare("DELETE FROM entry WHERE exchange = ?").run(exchange),
    edit(exchange, kind, from, to) {
      const edited = database
        .prepare(
          "UPDATE entry SET leaf = replace(leaf, @from, @to) WHERE exchange = @exchange AND kind = @kind AND instr(leaf, @from)",
        )
        .run({ exchange, kind, from, to });
      if (edited.changes !== 1) throw new Error(`no ${kind} of ${exchange} says ${from}`);
    },
    rehash: database.transaction(() => {
      database.exec("DELETE FROM node");
      const frontier = tree((level, index, hash) => put.run(level, index, hash));
      database.prepare("UPDATE head SET size = ?, root = ?").run(frontier.size, rootOf(frontier));
    }),
    async signAnew(logJwk) {
      const frontier = tree(() => undefined);
      const signer = importSigner(logJwk);
      if (!signer.ok) throw new Error("not a key");
      const origin = logOrigin(nodeIdSchema.parse("sz"));
      const key = noteKey("signature", origin, publicOf(logJwk));
      const note = await signCheckpoint({ origin, size: frontier.size, root: rootOf(frontier) }, [
        noteSigner(key, signer.value),
      ]);
      database.exec("DELETE FROM checkpoint");
      database
        .prepare("INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?)")
        .run(frontier.size, Date.now(), note);
    },
    close: () => void database.close(),
  };
}
