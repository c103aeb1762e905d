import Database from "better-sqlite3";
import { until } from "../until.ts";

/**
 * Waits until Longgang's own platform has a record in its table, or has it no more: it looks with a connection of its
 * own, as a platform does.
 */
export async function untilDelivered(
  file: string,
  id: string,
  wanted: boolean,
  signal: AbortSignal,
): Promise<void> {
  const look = async () => {
    const platform = new Database(file, { readonly: true });
    try {
      const row = platform.prepare("SELECT 1 FROM xinqiao_copy WHERE record = ?").get(id);
      return (row !== undefined) === wanted ? true : undefined;
    } finally {
      platform.close();
    }
  };
  await until(look, "the platform's table was not brought up to date · 平台库表未更新", signal);
}
