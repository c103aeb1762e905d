import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startChecker } from "./threads.ts";

it("a checker whose thread has died says so of every span, also of those it is given later", async () => {
  const { check, close } = startChecker({
    place: { kind: "database", path: join(tmpdir(), "xinqiao-fsck-nowhere", "log.db") },
    size: 1,
    by: { originKeys: [] },
    rules: { toleranceMs: 1_000, reading: "fields" },
    mostFindings: 1,
  });
  await expect(check(0)).rejects.toThrow("directory does not exist");
  await expect(check(1)).rejects.toThrow("directory does not exist");
  close();
});
