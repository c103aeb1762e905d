import { testFederation, testNode, testNow } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { deliverySchema, openPlatform } from "./index.ts";

const open = (config: object, env: Record<string, string> = {}) =>
  openPlatform(deliverySchema.parse({ name: "platform", ...config }), {
    node: testNode("sz-baoan"),
    signer: testFederation().signer("sz-baoan"),
    now: () => testNow,
    env,
  });
const hook = (url: string) => ({ type: "webhook", url });

it.each([
  [{ type: "table", dialect: "sqlite", url: "/nowhere/platform.db" }, "table"],
  [{ type: "table", dialect: "postgres", url: "postgres://127.0.0.1:1/none" }, "table"],
  [{ type: "file", folder: "/nowhere/copies" }, "file"],
])("%j is opened without anything being there yet, and says of what kind it is", async (config, target) => {
  const platform = await open(config);
  expect(platform.target).toBe(target);
  expect(await platform.check(new AbortController().signal)).toMatchObject({
    error: { code: "delivery.unavailable" },
  });
  await platform.close();
});

it("a web service at another address is another one", async () => {
  const targets = ["https://a.example/x", "https://a.example/y", "https://a.example/x"];
  const [first, second, again] = await Promise.all(targets.map((url) => open(hook(url))));
  expect(first?.target).toBe(again?.target);
  expect(first?.target).not.toBe(second?.target);
  expect(first?.target).not.toContain("example");
  for (const platform of [first, second, again]) await platform?.close();
});

it.each(["http://10.0.0.5/copies", "http://localhost.example.org/", "ftp://127.0.0.1/", "no address"])(
  "records do not travel to %s",
  async (url) => {
    await expect(open(hook(url))).rejects.toThrow(/deliveries\.platform\.url/);
  },
);

it.each(["http://127.0.0.1:8080/", "http://[::1]:8080/", "http://localhost/", "https://a.example/"])(
  "records may travel to %s",
  async (url) => {
    await (await open(hook(url))).close();
  },
);

it("takes secrets from the environment, and says which variable is missing", async () => {
  const config = { type: "webhook", urlEnv: "HOOK_URL", auth: { header: "X-Api-Key", valueEnv: "HOOK_KEY" } };
  await expect(open(config)).rejects.toThrow(/HOOK_URL/);
  await expect(open(config, { HOOK_URL: "https://a.example/" })).rejects.toThrow(/HOOK_KEY/);
  await (await open(config, { HOOK_URL: "https://a.example/", HOOK_KEY: "k" })).close();
});
