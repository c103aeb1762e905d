import { describe, expect, it } from "vitest";
import { importDecryptionKey } from "../encryption/index.ts";
import { readSealedVectors, testAnswer, testExpected, testFederation, testNow } from "../testing/index.ts";
import { openAnswer, signAnswer, unseal } from "./index.ts";

const { directory, signer } = testFederation();
const { privateKey, place, valid, invalid } = readSealedVectors();
const own = importDecryptionKey(privateKey);
if (!own.ok) throw new Error(own.error);
const keys = new Map([[own.value.keyId, own.value]]);

const answerWith = (sealed: string) => testAnswer({ ...place, records: [], sealed });
const carried = async (sealed: string) =>
  openAnswer(
    await signAnswer(answerWith(sealed), signer("dg")),
    { ...testExpected(), sealed: true },
    directory,
    testNow,
  );

describe("the vectors of sealed parts", () => {
  it.each(valid)("opens: $name", async ({ sealed, records }) => {
    expect(await carried(sealed)).toMatchObject({ ok: true });
    expect(await unseal(answerWith(sealed), keys)).toEqual({ ok: true, value: records });
  });

  it.each(invalid)("refuses with $code: $name", async ({ sealed, code, carrier }) => {
    const opened = await carried(sealed);
    const refused = opened.ok ? await unseal(answerWith(sealed), keys) : opened;
    expect(opened.ok, "who carries it can tell").toBe(!carrier);
    expect(refused).toMatchObject({ ok: false, error: { code } });
  });
});
