import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkReach } from "./reach.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-reach-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a data folder for PostgreSQL's own user", () => {
  it("is refused to root when a folder above it is closed, and the folder is named", async () => {
    await chmod(folder, 0o700);
    await expect(checkReach(join(folder, "deep", "data"), 0)).rejects.toThrow(`chmod o+x ${folder}`);
  });

  it("is accepted when every folder above it is open, whether it exists or not", async () => {
    await chmod(folder, 0o711);
    await mkdir(join(folder, "deep"), { mode: 0o755 });
    await checkReach(join(folder, "deep", "data"), 0);
  });

  it("is no matter to anybody else: they run PostgreSQL themselves", async () => {
    await chmod(folder, 0o700);
    await checkReach(join(folder, "data"), 1_000);
  });
});
