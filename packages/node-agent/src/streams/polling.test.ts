import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { penaltyRow } from "../intake/testing/rows.ts";
import { type Followed, followService } from "./testing/followed.ts";

/** A platform's service: pages by the cursor that it is asked with. */
interface Service {
  readonly asked: (string | null)[];
  answer: (cursor: string | null) => { readonly status?: number; readonly body?: unknown };
  readonly baseUrl: string;
  close(): Promise<void>;
}

async function openService(): Promise<Service> {
  const service: Pick<Service, "asked" | "answer"> = { asked: [], answer: () => ({}) };
  const server: Server = createServer((request, reply) => {
    const cursor = new URL(request.url ?? "", "http://x").searchParams.get("cursor");
    service.asked.push(cursor);
    const { status = 200, body } = service.answer(cursor);
    reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(service, {
    baseUrl: `http://127.0.0.1:${address.port}/api`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

let service: Service;
let followed: Followed;
beforeEach(async () => {
  service = await openService();
});
afterEach(async () => {
  await followed.close();
  await service.close();
});

const row = (id: number, changes: Record<string, string> = {}) => ({ id, ...penaltyRow(id, changes) });
const page = (list: readonly object[], next?: string | number) => ({ body: { data: { list, next } } });
const received = () => followed.taken.reduce((sum, counts) => sum + counts.received, 0);
const done = { ok: true, value: { again: false } };

describe("a service that is polled", () => {
  it("is asked from where it said, until it has no more", async () => {
    const pages = new Map<string | null, object>([
      ["first", page([row(1), row(2)], "a&b")],
      ["a&b", page([row(3)], 7)],
      ["7", page([], 7)],
    ]);
    service.answer = (cursor) => pages.get(cursor) ?? { status: 400 };
    followed = await followService(service.baseUrl, { path: "/changes?cursor=first&size=2" });
    expect(await followed.run()).toMatchObject(done);
    expect(service.asked).toEqual(["first", "a&b", "7"]);
    expect([1, 2, 3].flatMap(followed.held)).toEqual(["1 current", "1 current", "1 current"]);
    await followed.restart();
    await followed.run();
    expect(service.asked.at(-1)).toBe("7");
  });

  it("may repeat a page, and takes rows back", async () => {
    followed = await followService(service.baseUrl);
    service.answer = () => page([row(1), row(2)], "a");
    await followed.run();
    expect(received()).toBe(2);
    service.answer = () => page([{ id: 1, deleted: true }, row(2)], "a");
    await followed.run();
    expect(received()).toBe(3);
    expect([...followed.held(1), ...followed.held(2)]).toEqual(["2 withdrawn", "1 current"]);
  });

  it.each([
    ["is away", { status: 503 }, "the platform answered 503"],
    ["gives no list", { body: { data: {} } }, "the platform's reply has no list of rows"],
    [
      "gives a cursor that is none",
      page([], 0.5),
      "the cursor in the platform's reply is neither text nor a number",
    ],
  ])("that %s changes nothing, and is asked again from the same place", async (_, answer, why) => {
    followed = await followService(service.baseUrl);
    service.answer = (cursor) => (cursor === null ? page([row(1)], "a") : answer);
    expect(await followed.run()).toMatchObject({ error: { code: "intake.stream-unreadable", why } });
    service.answer = () => page([row(1, { CF_NR: "罚款一万元" })], "a");
    await followed.run();
    expect(service.asked.at(-1)).toBe("a");
    expect(followed.held(1)).toEqual(["2 current"]);
  });

  it("has the rows kept back that are no records or have no key, and the others taken", async () => {
    followed = await followService(service.baseUrl);
    const { id: _, ...keyless } = row(2);
    service.answer = () => page([row(1, { CF_JDRQ: "2024-02-30" }), keyless, row(3)], "a");
    await followed.run();
    expect(followed.held(3)).toEqual(["1 current"]);
    const kept = followed.intake.store.streams.keptBack("platform.penalty", 9);
    expect(kept.map(({ reasons }) => reasons[0]?.reason).sort()).toEqual(["date-not-real", "key-missing"]);
    service.answer = () => page([row(1), row(2)], "a");
    await followed.run();
    expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current", "1 current"]);
    expect(followed.intake.store.imports.openGaps()).toEqual([]);
  });

  it("has a row without a key kept back until it gives others", async () => {
    followed = await followService(service.baseUrl);
    const keyless = (n: number) => ({ ...row(n), id: undefined });
    const kept = () => followed.intake.store.streams.standings()[0]?.keptBack;
    service.answer = () => page([keyless(1), keyless(2)], "a");
    await followed.run();
    await followed.run();
    expect(kept()).toBe(2);
    expect(received()).toBe(2);
    service.answer = () => page([], "b");
    await followed.run();
    expect(kept()).toBe(2);
    service.answer = () => page([keyless(2), row(3)], "c");
    await followed.run();
    expect(kept()).toBe(1);
    expect(followed.intake.store.imports.openGaps()).toHaveLength(1);
    service.answer = () => page([row(4)], "d");
    await followed.run();
    expect(followed.intake.store.streams.standings()).toMatchObject([{ keptBack: 0, rows: 2 }]);
  });
});
