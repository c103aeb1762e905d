import { openWithdrawals, withdrawalsPage } from "@xinqiao/protocol/authorisation";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import type { WithdrawnAuthorisation } from "../log/index.ts";
import { createWithdrawalPages } from "./withdrawal-pages.ts";

const { directory, signer } = testFederation();
const self = nodeIdSchema.parse("sz");
const issuer = nodeIdSchema.parse("dg");
const id = (number: number) => `0f4c2d1e-9b7a-4c55-8f1e-${number.toString(16).padStart(12, "0")}`;

/** Pages over a list that a test makes longer, by a clock that it sets. */
function scene() {
  const all: WithdrawnAuthorisation[] = [];
  let clock = testNow;
  let reachable = true;
  const key = signer("sz");
  const pages = createWithdrawalPages({
    self,
    signer: {
      ...key,
      async sign(message) {
        if (!reachable) throw new FaultError(fault("key.unavailable"));
        return key.sign(message);
      },
    },
    now: () => clock,
    list: {
      after: (number) => ({
        last: all.length,
        withdrawn: all.filter((each) => each.number > number).slice(0, withdrawalsPage),
      }),
    },
  });
  async function behind(number: number) {
    const page = await pages.behind(number);
    if (!page.ok) throw new Error(page.error.code);
    return page.value;
  }
  return {
    behind,
    async read(number: number) {
      const { text } = await behind(number);
      const opened = openWithdrawals(text, self, directory, clock);
      if (!opened.ok) throw new Error(opened.error.code);
      return opened.value;
    },
    withdraw(count = 1) {
      for (let more = 0; more < count; more += 1) {
        const number = all.length + 1;
        all.push({ number, issuer, id: id(number), exp: testNow / 1000 + 60 });
      }
    },
    unplug(unplugged: boolean) {
      reachable = !unplugged;
    },
    pass(seconds: number) {
      clock += seconds * 1000;
    },
  };
}

describe("a page of withdrawals", () => {
  it("is signed anew when there is news, and when it has grown old", async () => {
    const { behind, withdraw, pass } = scene();
    const first = await behind(0);
    pass(9);
    expect(await behind(0)).toBe(first);
    pass(1);
    const later = await behind(0);
    expect(later.tag).not.toBe(first.tag);
    withdraw();
    expect((await behind(0)).tag).not.toBe(later.tag);
  });

  it("says what came behind a number, and how far that goes", async () => {
    const { read, withdraw } = scene();
    expect(await read(0)).toMatchObject({ after: 0, next: 0, last: 0, withdrawn: [] });
    withdraw(3);
    expect(await read(1)).toMatchObject({
      iss: "sz",
      after: 1,
      next: 3,
      last: 3,
      withdrawn: [{ iss: "dg", id: id(2) }, { id: id(3) }],
    });
  });

  it("is one of several when there is much to say", async () => {
    const { read, withdraw } = scene();
    withdraw(withdrawalsPage + 1);
    const first = await read(0);
    expect(first).toMatchObject({ next: withdrawalsPage, last: withdrawalsPage + 1 });
    expect(await read(first.next)).toMatchObject({
      next: withdrawalsPage + 1,
      withdrawn: [{ id: id(withdrawalsPage + 1) }],
    });
  });

  it("is not there while the key cannot be reached, and is as soon as it can", async () => {
    const { behind, unplug } = scene();
    unplug(true);
    await expect(behind(0)).rejects.toThrow("key.unavailable");
    unplug(false);
    expect((await behind(0)).text).toMatch(/^[^.]+\.[^.]+\.[^.]+$/);
  });

  it("begins at the beginning for a number that was never given out here", async () => {
    const { read, withdraw } = scene();
    withdraw(2);
    expect(await read(700)).toMatchObject({ after: 0, next: 2, withdrawn: [{}, {}] });
  });
});
