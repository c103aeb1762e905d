import { describe, expect, it } from "vitest";
import { readRequestVectors, readResponseVectors, responseHead, testFederation } from "../testing/index.ts";
import { verifyRequest, verifyResponse } from "./index.ts";

const { directory } = testFederation();
const requests = readRequestVectors();
const responses = readResponseVectors();

describe("verifyRequest", () => {
  const verify = ({ now, request }: (typeof requests.valid)[number]) =>
    verifyRequest(request.head, request.body, { key: directory.key, self: requests.self, now });

  it.each(requests.valid)("accepts: $name", (vector) => {
    const verified = verify(vector);
    expect(verified).toMatchObject({
      ok: true,
      value: {
        from: { member: { node: vector.expect.from } },
        requestId: vector.request.headers["x-request-id"],
      },
    });
  });

  it.each(requests.invalid)("refuses: $name", (vector) => {
    const { code, facts } = vector.expect;
    expect(verify(vector)).toMatchObject({ ok: false, error: { code, ...(facts && { facts }) } });
  });

  it("says who signed, with which key, and until when the nonce must be remembered", () => {
    const [vector] = requests.valid;
    if (vector === undefined) throw new Error("no vector");
    expect(verify(vector)).toMatchObject({
      ok: true,
      value: {
        keyId: testFederation().signer("sz-baoan").keyId,
        nonce: "AAECAwQFBgcICQoLDA0ODw",
        // The last second it is accepted, and 10 s more for a replica whose clock is behind.
        nonceExpiresAt: (1_767_225_600 + 60 + 1 + 10) * 1000,
      },
    });
  });
});

describe("verifyResponse", () => {
  const verify = ({ now, response, request = responses.request }: (typeof responses.valid)[number]) =>
    verifyResponse(responseHead(response, request.head), Buffer.from(response.body), {
      key: directory.key,
      self: responses.self,
      now,
    });

  it.each(responses.valid)("accepts: $name", (vector) => {
    expect(verify(vector)).toMatchObject({
      ok: true,
      value: { from: { member: { node: vector.expect.from } } },
    });
  });

  it.each(responses.invalid)("refuses: $name", (vector) => {
    expect(verify(vector)).toMatchObject({ ok: false, error: { code: vector.expect.code } });
  });
});
