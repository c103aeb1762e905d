import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signWithdrawals, type Withdrawals } from "@xinqiao/protocol/authorisation";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AgentStore, openStore } from "../store/index.ts";
import { createWithdrawalFollower } from "./follower.ts";

const { directory, signer } = testFederation();
const sz = nodeIdSchema.parse("sz");
const issuer = nodeIdSchema.parse("dg");
const seconds = testNow / 1000;
const id = (number: number) => `0f4c2d1e-9b7a-4c55-8f1e-${number.toString(16).padStart(12, "0")}`;

const page = (after: number, next: number, change: Partial<Withdrawals> = {}): Withdrawals => ({
  iss: sz,
  iat: seconds,
  after,
  next,
  last: next,
  withdrawn: Array.from({ length: next - after }, (_, place) => ({
    iss: issuer,
    id: id(after + place + 1),
    exp: seconds + 600,
  })),
  ...change,
});

describe("a follower of the withdrawals", () => {
  let folder: string;
  let store: AgentStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-withdrawals-"));
    store = openStore(join(folder, "store.db"));
  });

  afterEach(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function scene() {
    const get = vi.fn<GetFromGateway>();
    const serve = async (served: Withdrawals, by = "sz") => {
      const body = await signWithdrawals(served, signer(by));
      get.mockResolvedValueOnce(ok({ status: 200, body, etag: `"${served.next}"` }));
    };
    const book = store.withdrawals;
    const follower = createWithdrawalFollower({
      book,
      get,
      gateway: sz,
      directory: () => directory,
      now: () => testNow,
    });
    const has = (number: number) => book.has({ issuer, id: id(number) });
    return { get, serve, follower, book, has };
  }

  it("takes what is new, page by page, and has heard when it has the last", async () => {
    const { get, serve, follower, book, has } = scene();
    expect(book.heard()).toEqual({ number: 0, at: 0 });
    await serve(page(0, 2, { last: 3 }));
    get.mockResolvedValueOnce(err(fault("gateway.unreachable")));
    expect(await follower.refresh()).toMatchObject({ error: { code: "gateway.unreachable" } });
    expect(book.heard(), "half of it is not all of it").toEqual({ number: 2, at: 0 });
    await serve(page(2, 3));
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(book.heard()).toEqual({ number: 3, at: seconds });
    expect([1, 2, 3, 4].map(has)).toEqual([true, true, true, false]);
    expect(book.has({ issuer: sz, id: id(1) }), "another member's of that id").toBe(false);
    expect(get.mock.calls.map(([path]) => path)).toEqual([
      "/v1/withdrawals?after=0",
      "/v1/withdrawals?after=2",
      "/v1/withdrawals?after=2",
    ]);
  });

  it("takes no page that leaves some out, is older than the one before, or is not the gateway's", async () => {
    const { serve, follower, book } = scene();
    await serve(page(0, 1));
    await follower.refresh();
    for (const [wrong, by] of [
      [page(2, 3), "sz"],
      [page(1, 2, { iat: seconds - 1 }), "sz"],
      [page(1, 2), "dg"],
    ] as const) {
      await serve(wrong, by);
      expect(await follower.refresh()).toMatchObject({ error: { code: "gateway.response-invalid" } });
    }
    expect(book.heard()).toEqual({ number: 1, at: seconds });
  });

  it('does not take an unsigned "unchanged" for news', async () => {
    const { get, serve, follower, book } = scene();
    get.mockResolvedValueOnce(ok({ status: 304, body: "" }));
    expect(await follower.refresh(), "before there is anything that could be unchanged").toMatchObject({
      error: { code: "gateway.response-invalid" },
    });
    await serve(page(0, 0, { iat: seconds - 30 }));
    await follower.refresh();
    get.mockResolvedValueOnce(ok({ status: 304, body: "" }));
    expect(await follower.refresh()).toEqual(ok(undefined));
    expect(get).toHaveBeenLastCalledWith("/v1/withdrawals?after=0", { "if-none-match": '"0"' });
    expect(book.heard().at).toBe(seconds - 30);
  });

  it("begins again with a gateway that does: its log was restored", async () => {
    const { serve, follower, book, has } = scene();
    await serve(page(0, 5));
    await follower.refresh();
    await serve(page(0, 2));
    await follower.refresh();
    expect(book.heard().number).toBe(2);
    expect(has(5), "what was withdrawn stays withdrawn").toBe(true);
  });

  it("remembers across a restart, and forgets what has ended by itself", async () => {
    const { serve, follower } = scene();
    await serve(page(0, 1));
    await follower.refresh();
    store.close();
    store = openStore(join(folder, "store.db"));
    expect(store.withdrawals.heard().number).toBe(1);
    expect(store.withdrawals.has({ issuer, id: id(1) })).toBe(true);
    store.withdrawals.take(page(1, 1, { iat: seconds + 600 + 3_601 }));
    expect(store.withdrawals.has({ issuer, id: id(1) })).toBe(false);
  });
});
