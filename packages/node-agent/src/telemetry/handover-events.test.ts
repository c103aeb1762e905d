import { createLogger } from "@xinqiao/runtime/logging";
import { expect, it } from "vitest";
import { createAgentEvents } from "./index.ts";

it("names files in the log without the numbers of persons in their names", () => {
  const lines: string[] = [];
  const logger = createLogger({ name: "sz-baoan", level: "info" }, { write: (line) => lines.push(line) });
  const events = createAgentEvents(logger, () => 0);
  const file = "示例11010519491231002X.csv";
  events.fileAnswered(file, { outcome: "refused", code: "import.file-unreadable" });
  events.handoverFault({ code: "intake.not-taken-over", file, reason: "EACCES" });
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject(
    ["file-answered", "handover-fault"].map((event) => ({ event, file: "示例1101************2X.csv" })),
  );
  expect(lines.join()).not.toContain("11010519491231002X");
});
