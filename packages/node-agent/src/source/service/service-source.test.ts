import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeSource } from "../source.contract.ts";
import { asPlatform, liveDependencies, penaltyFields, taxFields } from "../testing/mapping.ts";
import { asked, neighbour, penalties, penalty, penaltyRow, taxGrades } from "../testing/rows.ts";
import { serviceSourceSchema } from "./config.ts";
import { createServiceSource } from "./service-source.ts";

type Handler = (body: string, request: IncomingMessage, response: ServerResponse) => void;

async function listen(handler: Handler) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handler(Buffer.concat(chunks).toString("utf8"), request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/api`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

const answer = (response: ServerResponse, value: unknown, status = 200) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

const penaltyDoor = {
  item: "penalty",
  path: "/penalties/query",
  body: { filter: { code: "{id}" }, page: 1 },
  rows: "data.list",
  fields: penaltyFields,
  subject: { scheme: "uscc", kind: "enterprise", key: "p_cf_xdr_shxym" },
};
const configOf = (baseUrl: string, items: readonly object[], more: object = {}) =>
  serviceSourceSchema.parse({ type: "service", name: "api", baseUrl, items, ...more });

describeSource("an HTTP service", async () => {
  const rows = { "/api/penalties/query": asPlatform(penalties), "/api/grades": asPlatform(taxGrades) };
  const server = await listen((body, { url, method, headers }, response) => {
    if (headers["x-api-key"] !== "示例 key".slice(3)) return answer(response, {}, 401);
    if (url === "/api/grades" && method === "GET") return answer(response, rows["/api/grades"]);
    if (url !== "/api/penalties/query") return answer(response, {}, 404);
    const { code } = JSON.parse(body).filter;
    const list = rows[url].filter((row) => row.p_cf_xdr_shxym === code);
    return answer(response, { code: 0, data: { list } });
  });
  const config = configOf(
    server.baseUrl,
    [
      penaltyDoor,
      {
        item: "tax-credit",
        method: "GET",
        path: "/grades",
        fields: taxFields,
        subject: { scheme: "uscc", key: "p_ns_shxym" },
      },
    ],
    { auth: { header: "x-api-key", valueEnv: "API_KEY" } },
  );
  const source = createServiceSource(config, liveDependencies({ API_KEY: "key" }).deps);
  return {
    source,
    breakDown: () => server.close(),
    close: () => source.close(),
  };
});

async function ask(handler: Handler, more: object = {}, signal = new AbortController().signal) {
  const server = await listen(handler);
  const { deps, invalid } = liveDependencies();
  const source = createServiceSource(configOf(server.baseUrl, [penaltyDoor], more), deps);
  onTestFinished(async () => {
    await source.close();
    await server.close();
  });
  return { found: await source.find({ subject: asked, items: [penalty] }, signal), invalid };
}

describe("a platform that misbehaves is unavailable", () => {
  it.each<[string, Handler]>([
    ["4xx", (_body, _request, response) => answer(response, { data: { list: [] } }, 404)],
    ["5xx", (_body, _request, response) => answer(response, { data: { list: [] } }, 500)],
    ["a redirect", (_body, _request, response) => void response.writeHead(302, { location: "/x" }).end()],
    ["no JSON", (_body, _request, response) => void response.end("<html>")],
    ["bytes that are no UTF-8", (_body, _request, response) => void response.end(Buffer.from([0xff, 0xfe]))],
    ["no list", (_body, _request, response) => answer(response, { data: null })],
    ["a list of other things", (_body, _request, response) => answer(response, { data: { list: [1, "x"] } })],
    [
      "half a reply",
      (_body, _request, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("{");
        response.destroy();
      },
    ],
    ["a reply without end", (_body, _request, response) => void response.end(`"${"x".repeat(10_000)}"`)],
  ])("%s", async (_name, handler) => {
    const { found } = await ask(handler, { maxReplyBytes: 5_000 });
    expect(found).toMatchObject({ ok: false, error: { code: "source.unavailable" } });
    expect(JSON.stringify(found)).not.toContain(asked.id);
  });

  it("one that does not answer in time", async () => {
    const { found } = await ask(() => {}, { timeoutMs: 50 });
    expect(found).toMatchObject({ error: { facts: { why: "the platform took too long" } } });
  });

  it("and a question that was given up is dropped", async () => {
    const stop = new AbortController();
    const { found } = await ask(() => stop.abort(), {}, stop.signal);
    expect(found).toMatchObject({ error: { facts: { why: "abandoned" } } });
  });
});

describe("the platform's rows", () => {
  it("about somebody else are refused, and cost the others nothing", async () => {
    const list = asPlatform([penaltyRow(neighbour, "示罚〔2025〕8号"), penaltyRow(asked, "示罚〔2025〕9号")]);
    const { found, invalid } = await ask((_body, _request, response) => answer(response, { data: { list } }));
    expect(found.ok && found.value.records.map(({ fields }) => fields.CF_WSH)).toEqual(["示罚〔2025〕9号"]);
    expect(invalid).toMatchObject([{ count: 1, reasons: [{ reason: "subject-differs" }] }]);
  });

  it("may hold numbers, but none that JSON has rounded", async () => {
    const [row = {}] = asPlatform([penaltyRow(asked, "示罚〔2025〕1号")]);
    const list = [
      { ...row, p_cf_nr_fk: 0.5 },
      { ...row, p_cf_wsh: 123456789012345680000 },
      { ...row, p_cf_sy: { nested: true } },
    ];
    const { found, invalid } = await ask((_body, _request, response) => answer(response, { data: { list } }));
    expect(found.ok && found.value.records).toMatchObject([{ fields: { CF_NR_FK: "0.5" } }]);
    expect(invalid).toMatchObject([{ count: 2 }]);
  });
});

describe("the configuration", () => {
  const refused = (item: object) => () => configOf("https://platform.example", [item]);

  it.each([
    ["an identifier in the path", { ...penaltyDoor, path: "/penalties/{id}" }, /never goes into a URL/],
    [
      "an identifier in the query",
      { ...penaltyDoor, method: "GET", path: "/p?code={id}" },
      /never goes into a URL/,
    ],
    [
      "a GET that cannot tell subjects apart",
      { ...penaltyDoor, method: "GET", body: undefined, subject: { scheme: "uscc" } },
      /subject\.key/,
    ],
    ["a question without a subject", { ...penaltyDoor, body: { page: 1 } }, /must hold/],
  ])("refuses %s", (_name, item, message) => {
    expect(refused(item)).toThrow(message);
  });

  it.each(["ftp://platform.example", "https://user:pass@platform.example", "https://platform.example?x=1"])(
    "refuses %s as a base URL",
    (baseUrl) => {
      expect(() => configOf(baseUrl, [penaltyDoor])).toThrow();
    },
  );

  it("says which environment variable is missing", () => {
    const config = configOf("https://platform.example", [penaltyDoor], {
      auth: { header: "authorization", valueEnv: "API_KEY" },
    });
    expect(() => createServiceSource(config, liveDependencies().deps)).toThrow(/API_KEY/);
  });
});
