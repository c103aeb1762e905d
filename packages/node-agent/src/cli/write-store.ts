import { loadConfig } from "../config/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";

/** In the store itself, beside a running agent, which goes by it within seconds. */
export async function writeStore(home: string, work: (store: AgentStore) => string): Promise<string> {
  const store = openStore((await loadConfig(home)).store);
  try {
    return work(store);
  } finally {
    store.close();
  }
}
