import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z
        .array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            for: z.string().optional(),
            labels: z.object({ severity: z.enum(["warning", "critical"]) }),
            annotations: z.object({ summary: z.string(), description: z.string().optional() }),
          }),
        )
        .min(1),
    }),
  ),
});

const { groups } = rulesSchema.parse(parse(readFileSync(`${root}deploy/prometheus-alerts.yaml`, "utf8")));
const rules = groups.flatMap((group) => group.rules);
const sources = globSync("packages/{gateway,node-agent}/src/telemetry/*.ts", { cwd: root });
const metrics = new Set(
  sources.flatMap((file) =>
    [...readFileSync(root + file, "utf8").matchAll(/name: "(xinqiao_\w+)"/g)].map(([, name]) => name),
  ),
);

describe("the alerting rules", () => {
  it("have one name each", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.each(rules)("$alert asks for metrics that there are", ({ expr }) => {
    const asked = expr.match(/xinqiao_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it.each(rules)("$alert says in Chinese and English what it means", ({ annotations }) => {
    expect(annotations.summary).toMatch(/\p{Script=Han}/u);
    expect(annotations.summary).toMatch(/[a-z]{3}/);
  });
});
