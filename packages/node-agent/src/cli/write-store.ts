import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { type AgentStore, openStoreToChange } from "../store/index.ts";
import { whyUnreadable } from "./unreadable-store.ts";

/** In the store itself, beside a running agent, which goes by it within seconds. */
export async function writeStore<T>(home: string, work: (store: AgentStore) => T): Promise<T> {
  const store = openToChange((await loadConfig(home)).store);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** As it is: an older agent that runs is left the store that it knows. */
function openToChange(path: string): AgentStore {
  const opened = openStoreToChange(path);
  if (!opened.ok) throw new CommandError(whyUnreadable(path, opened.error));
  return opened.value;
}
