import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gatewayConfigSchema } from "@xinqiao/gateway";
import { agentConfigSchema } from "@xinqiao/node-agent";
import { describe, expect, it } from "vitest";

const read = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${file}`, import.meta.url)), "utf8");

describe.each([
  ["gateway.example.md", gatewayConfigSchema.shape],
  ["agent.example.md", agentConfigSchema.shape],
])("%s", (file, shape) => {
  const text = read(file);

  it.each(Object.keys(shape))("describes `%s`", (option) => {
    expect(text).toMatch(new RegExp(`^\\| [^|]*\`${option}[\`.]`, "m"));
  });
});
