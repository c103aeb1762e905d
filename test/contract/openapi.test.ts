import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  acknowledgedSchema,
  acknowledgementSchema,
  alertsAnswerSchema,
  alertsRequestSchema,
  caseAnswerSchema,
  caseRequestSchema,
  countsAnswerSchema,
  countsRequestSchema,
  exportAnswerSchema,
  exportRequestSchema,
  searchAnswerSchema,
  searchSchema,
  statementAnswerSchema,
  statementRequestSchema,
} from "@xinqiao/protocol/audit";
import {
  withdrawalReceiptSchema,
  withdrawalSchema,
  withdrawalsSchema,
} from "@xinqiao/protocol/authorisation";
import { bundleSchema, proofRequestSchema } from "@xinqiao/protocol/bundle";
import {
  answerSchema,
  exchangeSchema,
  lookupSchema,
  openedExchangeSchema,
  questionSchema,
} from "@xinqiao/protocol/exchange";
import { codes, fault, problemSchema, toProblem } from "@xinqiao/protocol/problem";
import { recordSchema } from "@xinqiao/protocol/record";
import {
  sendRequest,
  testAnswer,
  testAuthorisation,
  testCarried,
  testExpected,
  testRecord,
} from "@xinqiao/protocol/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { bookCases, type Case } from "./books.ts";
import { intakeCases } from "./intake.ts";
import { mutants } from "./mutants.ts";
import { sharingCases } from "./sharing.ts";

const folder = join(import.meta.dirname, "../../packages/protocol");
const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(z.strictObject({ $ref: z.string() })).default([]),
  requestBody: z.looseObject({}).optional(),
  responses: z.record(z.string(), z.looseObject({ $ref: z.string().optional() })),
});
const documentSchema = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), z.union([z.string(), operationSchema]))),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({ description: z.string() })).optional(),
    parameters: z.record(z.string(), z.looseObject({ name: z.string(), required: z.boolean() })).optional(),
    examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
  }),
});
const names = ["openapi.yaml", "openapi-local.yaml"] as const;
const read = (name: string): unknown => parse(readFileSync(join(folder, name), "utf8"));
const [federation, local] = [documentSchema.parse(read(names[0])), documentSchema.parse(read(names[1]))];

const ajv = new Ajv2020({
  strict: true,
  formats: {
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
    date: (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().slice(0, 10) === text,
    "date-time": (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) &&
      !Number.isNaN(Date.parse(text)),
  },
});
ajv.addKeyword("components");
ajv.addSchema({ components: { schemas: federation.components.schemas } }, "openapi.yaml");

ajv.addSchema({ components: { schemas: local.components.schemas } }, "openapi-local.yaml");

function contract(name: string): (value: unknown) => boolean {
  const document = names.find((_, index) => [federation, local][index]?.components.schemas?.[name]);
  const validate = ajv.compile({ $ref: `${document}#/components/schemas/${name}` });
  return (value) => validate(value) === true;
}

const { question } = testExpected();
const authorisation = await testCarried();
const authorised = testAuthorisation().jti;
const log = { origin: "sz", intent: 3, outcome: 4, size: 5, root: "AAAA" };
const stood = {
  head: { origin: "sz", size: 5, root: "AAAA" },
  log: { origin: "sz", index: 5, size: 6, root: "AAAA" },
};
const alert = "0123456789abcdef0123456789abcdef";
const raised = {
  alert,
  rule: "many-subjects",
  member: "dg",
  from: "2026-03-01T00:00:00.000Z",
  to: "2026-03-01T01:00:00.000Z",
  count: 600,
  threshold: 500.5,
  entries: [1, 2],
  index: 7,
  at: "2026-03-01T01:01:00.000Z",
};
const place = { at: 1_760_000_000_000, index: 3, size: 5 };
const row = {
  jurisdiction: "441900",
  node: "dg",
  status: "ok",
  asOf: "2026-01-01T00:00:00Z",
  latencyMs: 12.5,
};
const failed = { ...row, status: "error", code: "node.unreachable" };
const refusal = { code: "policy.node-refuses-item", rule: "node-discloses-items" };
const lookup = {
  subject: question.subject,
  items: ["penalty"],
  classes: ["行政管理"],
  purpose: "approval",
  jurisdictions: ["440306", "qianhai"],
  deadlineMs: 2_000,
  maxAgeSeconds: 86_400,
  caseReference: "案-1",
};
const annotated = testRecord({
  annotation: "异议处理中",
  validUntil: "2099-12-30",
  disclosedUntil: "2028-12-01",
  catalogueVersion: 3,
});

const bundle = {
  v: 1,
  exchange: question.exchange,
  checkpoint: "xinqiao/sz\n",
  entries: [
    {
      index: 3,
      leaf: "{}",
      proof: ["AAAA"],
      kept: {
        openings: [{ field: "answer.441900", key: "AAAA", value: "x" }],
        request: {
          method: "POST",
          targetUri: "https://sz",
          headers: { signature: "x" },
          base: "x",
          body: "{}",
        },
        answers: [{ jurisdiction: "441900", jws: "a.b.c" }],
      },
      response: { status: 200, headers: { signature: "x" }, body: ["{", { answer: 0 }, "}"] },
    },
  ],
  registries: ["a.b.c"],
};

const cases: readonly Case[] = [
  {
    schema: "Lookup",
    code: lookupSchema,
    samples: [lookup, { ...lookup, jurisdictions: "all", authorisation }],
  },
  {
    schema: "Question",
    code: questionSchema,
    samples: [
      { ...question, remainingMs: 900 },
      { ...question, remainingMs: 900, authorisation },
    ],
  },
  {
    schema: "Withdrawal",
    code: withdrawalSchema,
    samples: [{ authorisation: authorised, token: authorisation.token }],
  },
  {
    schema: "WithdrawalReceipt",
    code: withdrawalReceiptSchema,
    samples: [{ authorisation: authorised, log: { origin: "sz", index: 3, size: 4, root: "AAAA" } }],
  },
  {
    schema: "Withdrawals",
    code: withdrawalsSchema,
    samples: [
      { iss: "sz", iat: 1, after: 0, next: 1, last: 2, withdrawn: [{ iss: "dg", id: authorised, exp: 9 }] },
    ],
  },
  ...bookCases,
  ...sharingCases,
  ...intakeCases,
  {
    schema: "Search",
    code: searchSchema,
    samples: [
      {
        criteria: {
          from: "2026-03-01T00:00:00+08:00",
          to: "2026-03-02T00:00:00Z",
          member: "sz-baoan",
          purpose: "approval",
          outcome: "refused",
          code: "policy.quota-exceeded",
          authoriser: "dg",
          target: "hz",
          subject: question.subject,
        },
        limit: 10,
        size: 9,
        after: place,
      },
    ],
  },
  { schema: "ProofRequest", code: proofRequestSchema, samples: [{ exchange: question.exchange }] },
  { schema: "Bundle", code: bundleSchema, samples: [bundle] },
  {
    schema: "SearchAnswer",
    code: searchAnswerSchema,
    samples: [
      {
        lines: [
          {
            entries: [
              { index: 3, leaf: "{}" },
              { index: 4, leaf: "{}" },
            ],
          },
        ],
        head: { origin: "sz", size: 5, root: "AAAA" },
        next: place,
        log: { origin: "sz", index: 5, size: 6, root: "AAAA" },
      },
    ],
  },
  {
    schema: "CountsRequest",
    code: countsRequestSchema,
    samples: [{ criteria: { from: "2026-03-01T00:00:00Z", member: "dg" }, every: "week", by: "purpose" }],
  },
  {
    schema: "CountsAnswer",
    code: countsAnswerSchema,
    samples: [
      {
        rows: [
          { at: "2026-03-01T00:00:00Z", group: null, count: 2 },
          { at: "2026-03-02T00:00:00Z", group: "dg", count: 1 },
        ],
        cut: false,
        ...stood,
      },
    ],
  },
  { schema: "AlertsRequest", code: alertsRequestSchema, samples: [{ alert, open: true, limit: 10 }] },
  {
    schema: "AlertsAnswer",
    code: alertsAnswerSchema,
    samples: [{ alerts: [raised, { ...raised, member: null, acknowledged: 9, lines: [] }], log: stood.log }],
  },
  { schema: "Acknowledgement", code: acknowledgementSchema, samples: [{ alert, note: "A".repeat(43) }] },
  { schema: "Acknowledged", code: acknowledgedSchema, samples: [{ alert, log: stood.log }] },
  {
    schema: "ExportRequest",
    code: exportRequestSchema,
    samples: [
      {
        criteria: { member: "dg" },
        size: 9,
        lines: 2,
        entries: "A".repeat(43),
        file: { format: "csv", sha256: "B".repeat(43) },
      },
    ],
  },
  { schema: "ExportAnswer", code: exportAnswerSchema, samples: [{ proof: "a.b.c" }] },
  {
    schema: "CaseRequest",
    code: caseRequestSchema,
    samples: [{ of: question.exchange, reference: "示例案1" }],
  },
  {
    schema: "CaseAnswer",
    code: caseAnswerSchema,
    samples: [{ of: question.exchange, finding: "same", entry: 3, log: stood.log }],
  },
  { schema: "StatementRequest", code: statementRequestSchema, samples: [{ subject: question.subject }] },
  { schema: "StatementAnswer", code: statementAnswerSchema, samples: [{ statement: "a.b.c" }] },
  { schema: "Record", code: recordSchema, samples: [annotated] },
  {
    schema: "Answer",
    code: answerSchema,
    samples: [
      testAnswer(),
      testAnswer({ records: [], sealed: "a..b.c.d" }),
      testAnswer({ records: [], held: ["penalty"] }),
      testAnswer({ status: "refused", records: [], asOf: undefined, refusal }),
    ],
  },
  {
    schema: "Exchange",
    code: exchangeSchema,
    samples: [
      { exchange: question.exchange, complete: false, results: [{ ...row, answer: "a.b.c" }, failed], log },
    ],
  },
  {
    schema: "OpenedExchange",
    code: openedExchangeSchema,
    samples: [
      { exchange: question.exchange, complete: true, results: [{ ...row, records: [annotated] }], log },
      { exchange: question.exchange, complete: true, results: [{ ...row, records: [], held: ["tax"] }], log },
    ],
  },
  {
    schema: "Problem",
    code: problemSchema,
    samples: [
      toProblem(fault("signature.expired", "why", { skewSeconds: -3, ok: false, text: "a", fields: ["b"] }), {
        hop: "sz",
        traceId: "0af7651916cd43dd8448eb211c80319c",
        requestId: question.exchange,
      }),
    ],
  },
];

describe("the schemas", () => {
  it.each(cases)(
    "$schema: what the contract takes, the code takes, and nothing else",
    ({ schema, code, samples }) => {
      const takes = contract(schema);
      for (const sample of samples.map((value) => z.json().parse(JSON.parse(JSON.stringify(value))))) {
        expect(takes(sample)).toBe(true);
        expect(code.safeParse(sample).success).toBe(true);
        const disagreed = [...mutants(sample)].filter(
          (mutant) => takes(mutant) !== code.safeParse(mutant).success,
        );
        expect(disagreed).toEqual([]);
      }
    },
  );

  it("lists exactly the codes of the table", () => {
    expect(federation.components.schemas?.Code?.enum).toEqual(Object.keys(codes));
  });

  it("has examples that it takes itself", () => {
    expect(contract("Lookup")(federation.components.examples?.Lookup?.value)).toBe(true);
  });
});

describe.each([
  ["openapi.yaml", federation],
  ["openapi-local.yaml", local],
] as const)("%s", (name, document) => {
  const operations = Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .filter((operation) => typeof operation !== "string");

  it("points only at what is there", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, target = ""]) => target,
    );
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((reference) => resolve(reference, name) === undefined)).toEqual([]);
  });

  it("names every operation once and tells what it does in Chinese and in English", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { summary, description } of operations) {
      for (const text of [summary, description]) {
        expect(text).toMatch(/\p{Script=Han}/u);
        expect(text).toMatch(/[a-z]{2}/);
      }
    }
  });
});

describe("a signed operation", () => {
  const signed = ["/v1/lookups", "/v1/answers"].map((path) =>
    operationSchema.parse(federation.paths[path]?.post),
  );

  it("takes the headers that a signed request has, and traceparent", async () => {
    const sent = await sendRequest({ from: "sz-baoan", to: "sz" });
    const required = Object.keys(sent.headers).filter((header) => header !== "content-type");
    for (const { parameters } of signed) {
      const known = parameters.map(({ $ref }) =>
        z.looseObject({ name: z.string(), required: z.boolean() }).parse(resolve($ref, names[0])),
      );
      const nameOf = (parameter: { name: string }) => parameter.name.toLowerCase();
      expect(
        known
          .filter((parameter) => parameter.required)
          .map(nameOf)
          .sort(),
      ).toEqual(required.sort());
      expect(known.filter((parameter) => !parameter.required).map(nameOf)).toEqual(["traceparent"]);
    }
  });

  it("answers with every status its codes have, each time with problem details", () => {
    const families = [
      ["request", "signature", "digest", "lookup", "policy", "authorisation", "limit", "log", "server"],
      ["request", "signature", "digest", "server", "source"],
    ];
    for (const [index, { responses }] of signed.entries()) {
      const statuses = Object.entries(codes)
        .filter(([code]) => families[index]?.includes(code.split(".")[0] ?? ""))
        .filter(([code]) => index === 0 || code !== "request.method-not-allowed")
        .map(([, { status }]) => String(status));
      const { "200": _answer, ...problems } = responses;
      expect(Object.keys(problems)).toEqual(expect.arrayContaining(statuses));
      for (const problem of Object.values(problems))
        expect(problem.$ref).toBe("#/components/responses/Problem");
    }
  });
});

/** What a reference points at, in its own document or the other one. */
function resolve(reference: string, from: string): unknown {
  const [file, pointer = ""] = reference.split("#");
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === step)?.[1]
        : undefined,
    (file || from) === names[0] ? federation : local,
  );
}
