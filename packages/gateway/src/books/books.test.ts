import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type LogEntry, logEntrySchema } from "@xinqiao/protocol/log";
import { intervalSchema, refusalDigest } from "@xinqiao/protocol/reconciliation";
import { describe, expect, it } from "vitest";
import { createMemoryAuditLog } from "../log/memory-audit-log.ts";
import { completeFindings, explain } from "./explain.ts";
import { giveLeaves } from "./give-leaves.ts";
import { readBooks } from "./logged-book.ts";
import type { LoggedEntries } from "./ports.ts";

const hour = intervalSchema.parse("2026-03-01T02Z");
const baoan = nodeIdSchema.parse("sz-baoan");
const longgang = nodeIdSchema.parse("sz-longgang");
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const other = "A".repeat(43);
const at = (time: string) => `2026-03-01T${time}.000Z`;

const intent = (askedAt: string) => ({
  v: 1,
  kind: "lookup.intent",
  at: at("02:30:00"),
  askedAt: at(askedAt),
  exchange,
  actor: baoan,
  purpose: "bid-review",
  items: ["penalty"],
  jurisdictions: ["440307"],
  targets: [longgang],
  deadlineMs: 2_000,
});
const outcome = (row: object = {}) => ({
  v: 1,
  kind: "lookup.outcome",
  at: at("02:30:01"),
  exchange,
  actor: baoan,
  intent: 0,
  complete: true,
  rows: [
    {
      jurisdiction: "440307",
      node: longgang,
      status: "ok",
      latencyMs: 1,
      answeredAt: at("02:59:59"),
      answerCommitment: other,
      ...row,
    },
  ],
});
const unanswered = { status: "timeout", answeredAt: undefined, answerCommitment: undefined };

/** A log of these entries, whose answers are opened by one digest, or by none any more. */
function logOf(entries: readonly object[], opened: string | null = digest): LoggedEntries {
  const logged = entries.map((entry, index) => {
    const parsed: LogEntry = logEntrySchema.parse(JSON.parse(JSON.stringify(entry)));
    return { index, leaf: "", entry: parsed, opening: () => undefined, answer: () => opened ?? undefined };
  });
  return {
    async *between() {
      yield logged;
    },
    of: () => logged,
    erasureAfter: () => ({ index: 9, leaf: "erasure" }),
    checkpoint: () => undefined,
  };
}

describe("a member's book as the log has it", () => {
  it("has an exchange in the hour in which the member signed, whenever it was logged", async () => {
    const books = await readBooks(logOf([intent("01:59:59"), outcome({ answeredAt: at("02:00:00") })]), hour);
    expect(books.get(baoan)).toBeUndefined();
    expect(books.get(longgang)).toMatchObject([{ side: "answered", status: "answered", digest }]);
    const before = await readBooks(
      logOf([intent("01:59:59"), outcome()]),
      intervalSchema.parse("2026-03-01T01Z"),
    );
    expect(before.get(baoan)).toMatchObject([{ side: "asked", status: "complete" }]);
  });

  it("has refusals, and of what another city passed on only the answers", async () => {
    const refused = {
      ...intent("02:10:00"),
      kind: "lookup.refused",
      code: "policy.member-not-active",
      rule: "r",
    };
    const { targets, deadlineMs, ...entry } = refused;
    const books = await readBooks(logOf([entry]), hour);
    expect(books.get(baoan)).toMatchObject([
      { side: "asked", status: "refused", digest: refusalDigest("policy.member-not-active") },
    ]);
    const passedOn = [
      { ...intent("02:10:00"), actor: "gz", requester: "gz-tianhe" },
      { ...outcome(), actor: "gz", requester: "gz-tianhe" },
    ];
    expect([...(await readBooks(logOf(passedOn), hour)).keys()]).toEqual(["sz-longgang"]);
  });

  it("does not know the digest of an answer whose evidence is gone", async () => {
    const books = await readBooks(logOf([intent("02:10:00"), outcome()], null), hour);
    const lines = [...books.values()].flat();
    expect(lines.map(({ digest: known }) => known)).toEqual([null, null]);
  });
});

describe("the leaves that a member is given", () => {
  const given = async (log: LoggedEntries) => {
    const asked = { exchanges: [{ side: "answered" as const, exchange }] };
    const claim = { keyId: "k", nonce: "n", expiresAt: 1 };
    const ids = { requestId: exchange, traceId: "t" };
    const { leaves } = await giveLeaves(
      { wanted: asked, member: longgang, ...ids, claim },
      {
        log: createMemoryAuditLog({
          origin: "sz",
          now: () => 0,
          randomBytes: (length) => Buffer.alloc(length),
        }),
        entries: log,
      },
    ).then((reply) => (reply.ok ? reply.value : { leaves: [] }));
    return leaves[0]?.map(({ index }) => index);
  };

  it("say by which entry evidence was destroyed, when it was, and else nothing of the kind", async () => {
    expect(await given(logOf([intent("02:10:00"), outcome()], null))).toEqual([0, 1, 9]);
    expect(await given(logOf([intent("02:10:00"), outcome()]))).toEqual([0, 1]);
  });

  it("say that the exchange was interrupted", async () => {
    const interrupted = {
      v: 1,
      kind: "exchange.interrupted",
      at: at("02:31:00"),
      exchange,
      actor: baoan,
      intent: 0,
    };
    expect(await given(logOf([intent("02:10:00"), interrupted]))).toEqual([0, 1]);
  });
});

describe("what a member names", () => {
  const member = longgang;
  const named = {
    side: "answered",
    exchange,
    how: "member-only",
    member: { status: "answered", digest },
  } as const;
  const explained = (log: LoggedEntries, finding: Parameters<typeof completeFindings>[0][number] = named) => {
    const [found] = completeFindings([finding], []);
    if (found === undefined) throw new Error("nothing was found");
    return explain(found, finding, member, log).explanation;
  };

  it("is an answer that was not taken, where the log says that it was asked and has none of it, or another", () => {
    expect(explained(logOf([intent("02:10:00"), outcome(unanswered)]))).toBe("answer-not-taken");
    expect(explained(logOf([intent("02:10:00")]))).toBe("answer-not-taken");
    expect(explained(logOf([intent("02:10:00"), outcome()], other))).toBe("answer-not-taken");
  });

  it("is a difference, where the log does not say that it was asked, or has that very answer at another time", () => {
    expect(explained(logOf([]))).toBeUndefined();
    expect(
      explained(logOf([{ ...intent("02:10:00"), targets: ["dg"] }, outcome(unanswered)])),
    ).toBeUndefined();
    expect(explained(logOf([intent("02:10:00"), outcome()]))).toBeUndefined();
  });

  it("is a reply that was lost, by the asker's own word alone", () => {
    const asked = { side: "asked", exchange, how: "gateway-only", member: null } as const;
    expect(explained(logOf([]), { ...asked, replyLost: true })).toBe("reply-lost");
    expect(explained(logOf([]), asked)).toBeUndefined();
    expect(explained(logOf([]), { ...named, replyLost: true })).toBeUndefined();
  });
});
