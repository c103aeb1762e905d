import { encryptionJwkOf, generateDecryptionJwk, importDecryptionKey } from "@xinqiao/protocol/encryption";
import { answerSchema, sealRecords, unseal } from "@xinqiao/protocol/exchange";
import { type CreditRecord, recordSchema } from "@xinqiao/protocol/record";
import { encryptionKeyAt } from "@xinqiao/protocol/registry";
import { benchUscc } from "./penalties.ts";
import type { Figure } from "./table.ts";

const subject = { kind: "enterprise", scheme: "uscc", id: benchUscc(1) } as const;
const now = Date.now();

/** A penalty with the columns that a purpose usually needs. */
const record = (number: number): CreditRecord =>
  recordSchema.parse({
    id: `penalty:示例罚字〔2025〕${number}号`,
    item: "penalty",
    subject,
    subjectName: "示例压测企业有限公司",
    jurisdiction: "441900",
    version: 1,
    state: "current",
    occurredOn: "2025-03-01",
    recordedAt: "2025-03-02T00:00:00Z",
    fields: {
      CF_WSH: `示例罚字〔2025〕${number}号`,
      CF_WFXW: "示例违法行为",
      CF_SY: "示例违法事实",
      CF_YJ: "示例处罚依据",
      CF_CFLB: "罚款",
      CF_NR_FK: "1.5",
      CF_CFJG: "示例机关",
    },
  });

/** Operations a second, one after the other, over about `seconds`. */
async function rate(seconds: number, operation: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 200; i += 1) await operation();
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < seconds * 1000) {
    await operation();
    count += 1;
  }
  return (count * 1000) / (performance.now() - begun);
}

/** What sealing costs the node that answers, and unsealing the one that asked. */
export async function measureSealing(seconds: number): Promise<readonly Figure[]> {
  const jwk = generateDecryptionJwk();
  const own = importDecryptionKey(jwk);
  if (!own.ok) throw new Error(own.error);
  const keys = new Map([[own.value.keyId, own.value]]);
  const member = { encryptionKeys: [{ jwk: encryptionJwkOf(jwk), notBefore: "2020-01-01T00:00:00Z" }] };
  const figures: Figure[] = [];
  for (const count of [1, 10, 100]) {
    const records = Array.from({ length: count }, (_, number) => record(number));
    const answer = answerSchema.parse({
      ...{ iss: "dg", aud: "sz-baoan", jti: "7f8d2c1e-5b0a-4c3d-9e6f-0a1b2c3d4e5f" },
      ...{
        iat: 0,
        exp: 300,
        jurisdiction: "441900",
        purpose: "bank-loan-review",
        subject,
        items: ["penalty"],
      },
      ...{ status: "ok", asOf: "2026-01-01T00:00:00Z", records: [] },
    });
    const seal = async () => {
      const key = encryptionKeyAt(member, now);
      if (key === undefined) throw new Error("no key to seal to");
      return sealRecords(records, answer, key);
    };
    const sealed = { ...answer, sealed: await seal() };
    const open = async () => {
      const opened = await unseal(sealed, keys);
      if (!opened.ok) throw new Error(opened.error.code);
    };
    const name = `${count} record${count === 1 ? "" : "s"}`;
    figures.push({ name: `seal an answer of ${name}`, value: await rate(seconds, seal), unit: "/s" });
    figures.push({ name: `unseal an answer of ${name}`, value: await rate(seconds, open), unit: "/s" });
  }
  return figures;
}
