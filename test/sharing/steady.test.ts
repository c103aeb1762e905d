import { testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baoan, createPair, dg, type Pair } from "./pair.ts";

let pair: Pair;
beforeEach(async () => {
  pair = createPair();
  pair.put(...Array.from({ length: 100 }, (_, at) => testRecord({ id: `penalty:${at}` })));
  await pair.tell();
  await pair.read();
});
afterEach(() => pair.close());

const upTo = () => pair.hub.standing().sources[0]?.upTo;

/** Something is new with every question about digests. */
function publishSteadily(then: () => unknown): () => number {
  let more = 0;
  pair.around.before = async (path) => {
    if (path !== "/v1/digests") return;
    more += 1;
    pair.put(testRecord({ id: `penalty:more-${more}` }));
    await then();
  };
  return () => more;
}

describe("copies compared while there is always something new", () => {
  it("are not repaired for what is only on its way to the city", async () => {
    const more = publishSteadily(() => undefined);
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyHere: 0, repaired: 0, equal: true }]);
    await pair.tell();
    expect(upTo(), "each was told once").toBe(100 + more());
  });

  it("are not repaired for what the city has had meanwhile", async () => {
    publishSteadily(pair.tell);
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyThere: 0, otherwise: 0, repaired: 0 }]);
    expect(pair.source.outbox.feed().last).toBe(upTo());
  });

  it("are not read anew for what is only on its way to the reader", async () => {
    publishSteadily(pair.tell);
    expect(await pair.reconcile(baoan)).toMatchObject([{ onlyThere: 0, repaired: 0 }]);
    const round = () =>
      pair.inFile("baoan.db", (file) => file.prepare("SELECT round FROM reading").pluck().get());
    expect(round()).toBe(1);
  });

  it("are repaired where they differ for good", async () => {
    pair.inFile("sharing.db", (file) => file.exec("DELETE FROM held WHERE record = 'penalty:7'"));
    publishSteadily(pair.tell);
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyHere: 1, repaired: 1 }]);
    pair.around.before = () => undefined;
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyHere: 0, equal: true }]);
  });
});
