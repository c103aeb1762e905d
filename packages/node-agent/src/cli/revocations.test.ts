import { expect, it } from "vitest";
import { shownRevocationsSchema } from "../feedback/index.ts";
import { feedback } from "./feedback.ts";
import { answerRevocation, revocationsTable } from "./revocations.ts";

const home = "no such folder";

it("says which option is missing where an outcome has to say why, before anybody is asked", async () => {
  await expect(answerRevocation("1", { home, outcome: "kept" })).rejects.toThrow(
    "--reason is needed with kept · 选择 kept 时须填写 --reason",
  );
  const done = { home, source: "dg", record: "penalty:1", recordVersion: "1", matter: "7", on: "2026-01-02" };
  await expect(feedback("exchange", { ...done, outcome: "partly", reason: "" })).rejects.toThrow(
    "--reason is needed with partly",
  );
});

it("takes no day that is to come, before anybody is asked", async () => {
  const on = "9999-01-01";
  const about = { home, source: "dg", record: "penalty:1", recordVersion: "1", matter: "7", on };
  const exchange = "7f4df02a-56c0-4e0e-9f4d-3f0d6a5a2e11";
  await expect(feedback(exchange, { ...about, outcome: "applied" })).rejects.toThrow("--on is after today");
  await expect(answerRevocation("1", { home, outcome: "revoked", on })).rejects.toThrow("晚于今天");
});

it("says in both languages why it asks", () => {
  const asked = {
    ...{ number: 1, notice: "A".repeat(43), exchange: "7f4df02a-56c0-4e0e-9f4d-3f0d6a5a2e11", source: "dg" },
    ...{ record: "penalty:1", matter: "2026-0042", dueOn: "2026-01-09", askedAt: 1_767_225_600 },
    standing: "open",
  };
  const { revocations } = shownRevocationsSchema.parse({
    revocations: ["repaired", "ended"].map((effect) => ({ ...asked, effect })),
  });
  const table = revocationsTable(revocations);
  for (const word of ["已修复 repaired", "已终止 ended"]) expect(table).toContain(`│ ${word} `);
});
