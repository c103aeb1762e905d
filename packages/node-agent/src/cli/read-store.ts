import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { openStoreToRead, type StoreToRead, type UnreadableStore } from "../store/index.ts";

const reasons: Record<UnreadableStore, string> = {
  absent: "there is no such file: the agent has not run yet · 没有该文件，前置机尚未运行",
  older: "it is of an older version: start this version's agent first · 版本较旧，请先启动本版本前置机",
  newer: "it is of a newer version than this program · 版本高于本程序",
};

/** Reads the store in a process of its own, beside the agent: no byte of its file is changed. */
export async function readStore<T>(home: string, read: (store: StoreToRead) => T): Promise<T> {
  const { store: path } = await loadConfig(home);
  const opened = openStoreToRead(path);
  if (!opened.ok) throw new CommandError(`${path}: ${reasons[opened.error]}`);
  try {
    return read(opened.value);
  } finally {
    opened.value.close();
  }
}
