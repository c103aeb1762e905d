import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { openStoreToRead, type StoreToRead } from "../store/index.ts";
import { whyUnreadable } from "./unreadable-store.ts";

/** Reads the store in a process of its own, beside the agent: no byte of its file is changed. */
export async function readStore<T>(home: string, read: (store: StoreToRead) => T): Promise<T> {
  const { store: path } = await loadConfig(home);
  const opened = openStoreToRead(path);
  if (!opened.ok) throw new CommandError(whyUnreadable(path, opened.error));
  try {
    return read(opened.value);
  } finally {
    opened.value.close();
  }
}
