import { baseCatalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { lookupSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { federationRules } from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import { createDirectory } from "@xinqiao/protocol/registry";
import { err, ok } from "@xinqiao/protocol/result";
import { testAnswer, testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it, vi } from "vitest";
import { type AuditLog, createMemoryAuditLog } from "../log/index.ts";
import { type LookUpDependencies, lookUp } from "./look-up.ts";
import type { AskNode, AuthenticatedLookup } from "./ports.ts";

const catalogue = indexCatalogue(baseCatalogue());
const soon = { timeout: 10_000 };
const dongguan = testMember({
  node: "dg",
  role: "neighbour-city",
  jurisdiction: "441900",
  endpoint: "http://127.0.0.1:1",
});

const signed = {
  method: "POST",
  targetUri: "https://sz.example/v1/lookups",
  headers: {},
  base: "",
  body: "{}",
};

/** A gateway's use case over a log whose disk can be made to hang. */
function scene(requester = testMember()) {
  const memory = createMemoryAuditLog({
    origin: "sz",
    now: Date.now,
    randomBytes: (length) => new Uint8Array(length),
  });
  let hanging: { promise: Promise<void>; resolve: () => void } | undefined;
  const log: AuditLog = {
    ...memory,
    async append(...given) {
      await hanging?.promise;
      return memory.append(...given);
    },
  };
  const replyBeside = vi.fn<AuthenticatedLookup["replyBeside"]>();
  const directory = createDirectory({ version: 1, members: [dongguan] });
  if (!directory.ok) throw new Error(directory.error.join());
  const ask = vi.fn<AskNode>(async () => err(fault("node.unreachable")));
  const deps = {
    directory: () => directory.value,
    catalogue: vi.fn(() => catalogue),
    today: () => "2026-03-01",
    standing: vi.fn<LookUpDependencies["standing"]>(() => "current"),
    rules: federationRules,
    identifierExceptions: new Set(),
    log,
    ask,
    answerFromCopy: async () => undefined,
    now: Date.now,
    elapsed: () => performance.now(),
    onBug(error: unknown) {
      throw error;
    },
  } satisfies LookUpDependencies;
  const lookup = (change: object = {}) =>
    lookUp(
      {
        lookup: lookupSchema.parse({
          subject: {
            kind: "enterprise",
            scheme: "uscc",
            id: composeUscc({ division: "440300", serial: "TEXT0001" }),
          },
          items: ["penalty"],
          purpose: "bid-review",
          jurisdictions: ["441900"],
          deadlineMs: 100,
          ...change,
        }),
        requester,
        exchange: "6f0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10",
        askedAt: Date.now(),
        claim: { keyId: "key", nonce: "nonce", expiresAt: Date.now() + 60_000 },
        trace: { traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331", sampled: true },
        gone: new AbortController().signal,
        signed,
        replyBeside,
      },
      deps,
    );
  return {
    lookup,
    deps,
    ask,
    entries: memory.entries,
    evidence: memory.evidence,
    replyBeside,
    hang() {
      hanging = Promise.withResolvers<void>();
    },
    recover() {
      hanging?.resolve();
      hanging = undefined;
    },
  };
}

describe("a lookup whose log hangs", () => {
  it("asks nobody when the intent is not durable in time, and closes it when it is", async () => {
    const { lookup, ask, entries, hang, recover } = scene();
    hang();
    expect(await lookup()).toMatchObject({ error: { code: "log.unavailable" } });
    recover();
    await expect
      .poll(() => entries().map(({ kind }) => kind), soon)
      .toEqual(["lookup.intent", "lookup.outcome"]);
    expect(entries()[1]).toMatchObject({
      intent: 0,
      complete: false,
      rows: [{ node: "dg", status: "error", code: "log.unavailable" }],
    });
    expect(ask).not.toHaveBeenCalled();
  });

  it("hands nothing back when the outcome is not durable in time", async () => {
    const { lookup, ask, hang, recover } = scene();
    ask.mockImplementation(async () => {
      hang();
      return err(fault("node.unreachable"));
    });
    expect(await lookup()).toMatchObject({ error: { code: "log.unavailable" } });
    recover();
  });
});

describe("a lookup of one who may not ask", () => {
  it.each([
    ["an item nobody knows", { items: ["horoscope"] }],
    ["a purpose nobody knows", { purpose: "curiosity" }],
    ["a jurisdiction nobody answers for", { jurisdictions: ["110000"] }],
  ])("learns nothing of %s", async (_what, change) => {
    const { lookup } = scene(testMember({ status: "suspended" }));
    expect(await lookup(change)).toMatchObject({ error: { code: "policy.member-not-active" } });
  });
});

describe("the entry of a refused lookup", () => {
  it("names what the catalogue and the registry know, and commits to the rest", async () => {
    const { lookup, entries } = scene();
    const typed = "440524188001010014";
    await lookup({ items: ["penalty", `x${typed}`], purpose: typed, jurisdictions: ["441900", "110000"] });
    const [entry] = entries();
    expect(entry).toMatchObject({
      kind: "lookup.refused",
      purpose: null,
      items: ["penalty"],
      jurisdictions: ["441900"],
      commitments: { asked: expect.any(String) },
    });
    expect(JSON.stringify(entry)).not.toContain(typed);
  });
});

describe("a lookup and the catalogue", () => {
  const withTerms = (change: object) =>
    indexCatalogue({
      ...baseCatalogue(),
      purposes: baseCatalogue().purposes.map((purpose) => ({ ...purpose, ...change })),
    });

  it("is decided and checked by one version, though another is taken meanwhile", async () => {
    const { lookup, ask, deps } = scene();
    deps.catalogue.mockReturnValueOnce(withTerms({ answers: "yes-no" }));
    ask.mockImplementation(async () => err(fault("node.unreachable")));
    await lookup();
    expect(deps.catalogue).toHaveBeenCalledTimes(1);
    expect(ask.mock.calls[0]?.[2].terms.answers).toBe("yes-no");
  });

  it("is refused once the registry is older than its purpose allows", async () => {
    const { lookup, ask, deps, entries } = scene();
    deps.catalogue.mockReturnValueOnce(withTerms({ graceSeconds: 60 }));
    deps.standing.mockImplementation((graceSeconds = 86_400) => (graceSeconds < 61 ? "expired" : "grace"));
    expect(await lookup()).toMatchObject({ error: { code: "registry.expired" } });
    expect(entries()).toMatchObject([{ kind: "lookup.refused", rule: "registry-fresh" }]);
    expect(ask).not.toHaveBeenCalled();
  });

  it("is refused on a day on which its purpose's legal basis is not in force", async () => {
    const { lookup, deps } = scene();
    deps.catalogue.mockReturnValueOnce(withTerms({ validUntil: "2026-02-28" }));
    expect(await lookup()).toMatchObject({ error: { code: "policy.purpose-not-live" } });
  });
});

describe("what is kept beside the entries of a lookup", () => {
  it("is the request as it was signed, and every answer, for as long as the longest-kept item asked", async () => {
    const { lookup, evidence, replyBeside, ask } = scene();
    ask.mockImplementation(async () => ok({ answer: testAnswer(), jws: "a.signed.answer" }));
    await lookup({ items: ["penalty", "licence"], deadlineMs: 10_000 });
    expect(evidence(0)?.kept).toMatchObject({ request: signed, openings: [{ field: "subject" }] });
    const answers = [{ jurisdiction: "441900", jws: "a.signed.answer" }];
    expect(evidence(1)?.kept).toMatchObject({ answers, openings: [{ field: "answer.441900" }] });
    expect(evidence(1)?.tag).toBe(evidence(0)?.tag);
    const years = [0, 1].map(
      (entry) => new Date(evidence(entry)?.until ?? 0).getUTCFullYear() - new Date().getUTCFullYear(),
    );
    expect(years).toEqual([10, 10]);
    expect(replyBeside).toHaveBeenCalledExactlyOnceWith(1, answers);
  });

  it("is the request of one that was refused, too", async () => {
    const { lookup, evidence, replyBeside } = scene(testMember({ status: "suspended" }));
    await lookup();
    expect(evidence(0)?.kept.request).toEqual(signed);
    expect(replyBeside).toHaveBeenCalledExactlyOnceWith(0);
  });
});

describe("an answer", () => {
  it("comes back with its place in the log", async () => {
    const { lookup, ask } = scene();
    ask.mockImplementation(async () => err(fault("node.timeout")));
    expect(await lookup({ deadlineMs: 10_000 })).toEqual(
      ok(expect.objectContaining({ log: expect.objectContaining({ intent: 0, outcome: 1, size: 2 }) })),
    );
  });
});
