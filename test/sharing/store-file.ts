import { rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";

/** A process's own database: it can be opened again, looked at from outside, and put back to an older copy. */
export interface StoreFile<T> {
  readonly port: T;
  /** Rows, as they stand in the file. */
  rows(sql: string, ...args: readonly unknown[]): unknown[];
  reopen(): void;
  save(): void;
  /** To the copy saved last; nothing without one. @returns whether it was */
  putBack(): boolean;
  close(): void;
}

export function storeFile<T extends { close(): void }>(
  path: string,
  open: (path: string) => T,
): StoreFile<T> {
  let port = open(path);
  let beside = new Database(path, { readonly: true });
  let saved: Buffer | undefined;
  const close = () => {
    beside.close();
    port.close();
  };
  const start = () => {
    port = open(path);
    beside = new Database(path, { readonly: true });
  };
  return {
    get port() {
      return port;
    },
    rows: (sql, ...args) => beside.prepare(sql).all(...args),
    reopen() {
      close();
      start();
    },
    save() {
      saved = beside.serialize();
    },
    putBack() {
      if (saved === undefined) return false;
      close();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      writeFileSync(path, saved);
      start();
      return true;
    },
    close,
  };
}
