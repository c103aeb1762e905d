import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@xinqiao/runtime/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { init } from "./init.ts";
import { list } from "./log-list.ts";
import { reconciliations } from "./log-reconciliations.ts";

const now = () => Date.parse("2026-03-01T00:00:00Z");
let home: string;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-log-list-")), "sz");
  const city = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...city, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite: "ed25519" }, now());
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

describe("the operator's lists", () => {
  it("say what to do where the key of the tags is missing", async () => {
    await rm((await loadConfig(home)).logTagKey);
    const listed = list({ home, limit: "1" });
    await expect(listed).rejects.toThrow(ConfigError);
    await expect(listed).rejects.toThrow("缺少主体标签密钥");
  });

  it("take no limit that is none", async () => {
    await expect(list({ home, limit: "0" })).rejects.toThrow("--limit 须为正整数");
    await expect(reconciliations({ home, limit: "many" }, now)).rejects.toThrow("--limit 须为正整数");
  });
});
