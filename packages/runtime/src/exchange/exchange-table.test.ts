import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { expect, it } from "vitest";
import { exchangeTable } from "./index.ts";

const row = { jurisdiction: "440306", node: "sz-baoan", latencyMs: 12.4, records: [] };
const exchange = openedExchangeSchema.parse({
  ...{ exchange: "7f4df02a-56c0-4e0e-9f4d-3f0d6a5a2e11", complete: false },
  results: [
    { ...row, status: "none", asOf: "2026-03-01T00:00:00Z" },
    { ...row, status: "timeout", code: "node.timeout" },
  ],
  log: { origin: "xinqiao/sz", intent: 1, outcome: 2, size: 3, root: "A".repeat(43) },
});

it("shows each jurisdiction by its name, how it answered, and as of when by the clock in Beijing", () => {
  const text = exchangeTable(exchange);
  expect(text).toContain("部分 partial");
  expect(text).toMatch(/│ 宝安区 440306\s+│ sz-baoan │ ○ 无记录 none\s+│ 2026-03-01 08:00:00\s+│\s+12 ms │/);
  expect(text).toMatch(/│ ✗ 超时 timeout │ —\s+│/);
  expect(text).toContain("序号 index 1, 2; 总数 size 3");
});
