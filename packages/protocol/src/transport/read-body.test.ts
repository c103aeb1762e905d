import { describe, expect, it } from "vitest";
import { readBody } from "./index.ts";

const waiting = new AbortController().signal;

async function* of(...chunks: readonly string[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/** Sends one chunk and then nothing, for ever. */
async function* stuck() {
  yield Buffer.from("{");
  await new Promise(() => {});
}

async function* broken() {
  yield Buffer.from("{");
  throw new Error("ECONNRESET");
}

describe("readBody", () => {
  it("joins the bytes up to the limit itself", async () => {
    const body = await readBody(of("ab", "", "cd"), "4", 4, waiting);
    expect(body.ok && Buffer.from(body.value).toString()).toBe("abcd");
  });

  it("takes no body at all for an empty one", async () => {
    expect(await readBody(of(), undefined, 4, waiting)).toMatchObject({ ok: true, value: { length: 0 } });
  });

  it.each([
    ["one byte too many", "ab", "cde"],
    ["one chunk too large", "abcde", ""],
  ])("refuses %s", async (_, ...chunks) => {
    expect(await readBody(of(...chunks), undefined, 4, waiting)).toMatchObject({
      error: { code: "request.body-too-large" },
    });
  });

  it("gives up on a sender that stops sending when told to", async () => {
    const late = new AbortController();
    const reading = readBody(stuck(), undefined, 4, late.signal);
    late.abort();
    expect(await reading).toMatchObject({ error: { code: "request.body-timeout" } });
  });

  it("takes a connection that breaks off for a body that did not arrive", async () => {
    expect(await readBody(broken(), undefined, 4, waiting)).toMatchObject({
      error: { code: "request.body-timeout" },
    });
  });
});
