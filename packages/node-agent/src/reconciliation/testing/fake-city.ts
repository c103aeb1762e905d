import {
  type BookEntry,
  type BookSummary,
  type Explanation,
  type GivenLeaf,
  type Interval,
  leavesRequestSchema,
  type NamedFinding,
  type Reconciled,
  type Report,
  reconciliationSchema,
  sameSummary,
  signReport,
  signStatement,
  statedInterval,
  statementSchema,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import { ok } from "@xinqiao/protocol/result";
import { fieldReader, signResponse } from "@xinqiao/protocol/signing";
import { testFederation, testNode, testNow } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import type { BookLine } from "../../book/index.ts";
import type { SendToGateway } from "../../lookup/index.ts";
import type { LogViewDependencies } from "../log-view.ts";
import type { ReconciledHour } from "../port.ts";
import { type ReconcileDependencies, reconcileHour } from "../reconcile-hour.ts";
import { startFakeLog } from "./fake-log.ts";

const { directory, signer } = testFederation();
const [city, member] = [testNode("sz"), testNode("sz-baoan")];
const iat = testNow / 1000;

/** What a city says, and what it was told. */
interface Saying {
  readonly logged: BookEntry[];
  /** Its replies, as they were given. */
  readonly said: Reconciled[];
  /** The bodies that the member has sent. */
  readonly heard: object[];
  lists: (entries: readonly BookEntry[]) => readonly BookEntry[];
  reports: (report: Report) => Report | undefined;
  explains: (found: NamedFinding) => Explanation | undefined;
  leaves: (exchange: string) => readonly GivenLeaf[];
}

/** A city that says what it is told to, with signatures that hold, and one member's book. */
export type FakeCity = ReturnType<typeof startFakeCity>;

export function startFakeCity() {
  const log = startFakeLog();
  const lines: BookLine[] = [];
  const kept: ReconciledHour[] = [];
  const saying: Saying = {
    logged: [],
    said: [],
    heard: [],
    lists: (entries) => entries,
    reports: (report) => report,
    explains: () => undefined,
    leaves: () => [],
  };
  const deps = memberOf(lines, kept, log, sendTo(saying));
  return Object.assign(saying, {
    log,
    kept,
    /** The member has it in its book. */
    holds(entry: BookEntry, change: Partial<BookLine> = {}): void {
      lines.push({
        ...entry,
        at: iat,
        requester: testNode("dg"),
        purpose: "bid-review",
        place: null,
        ...change,
      });
    },
    /** The city says that it is in its log. */
    logs: (entry: BookEntry) => void saying.logged.push(entry),
    summary: (): BookSummary => summarise(saying.logged),
    compare: (interval: Interval) => reconcileHour(interval, deps, new AbortController().signal),
  });
}

function memberOf(
  lines: readonly BookLine[],
  kept: ReconciledHour[],
  log: ReturnType<typeof startFakeLog>,
  send: SendToGateway,
): ReconcileDependencies {
  const witness: LogViewDependencies["witness"] = {
    held: () => undefined,
    move: (_origin, judge) => judge(undefined).judged,
  };
  return {
    node: member,
    gateway: { node: city, origin: "http://sz.example" },
    directory: () => directory,
    signer: signer("sz-baoan"),
    send,
    entropy: systemEntropy(),
    now: () => testNow,
    book: { lines: () => lines, begun: () => 0 },
    reconciled: { keep: (hour) => void kept.push(hour) },
    checkpoint: () => undefined,
    logView: { city, logKeys: () => [log.key], witness, cosigns: true },
    get: log.get,
  };
}

function sendTo(saying: Saying): SendToGateway {
  return async (request) => {
    const text = Buffer.from(request.body).toString();
    saying.heard.push(JSON.parse(text));
    const reply = request.path.endsWith("/leaves") ? given(text, saying) : await reconciled(text, saying);
    const body = Buffer.from(JSON.stringify(reply));
    const signing = { signer: signer("sz"), now: testNow, nonce: systemEntropy().nonce() };
    const headers = await signResponse(
      { status: 200, body, contentType: "application/json", request },
      signing,
    );
    return ok({ head: { status: 200, field: fieldReader(headers) }, body });
  };
}

function given(text: string, { leaves }: Saying) {
  const { exchanges } = leavesRequestSchema.parse(JSON.parse(text));
  return { leaves: exchanges.map(({ exchange }) => leaves(exchange)) };
}

async function reconciled(text: string, saying: Saying): Promise<Reconciled> {
  const { statement: stated, findings, unproven = [] } = reconciliationSchema.parse(JSON.parse(text));
  const interval = statedInterval(stated);
  if (interval === undefined) throw new Error("states no hour");
  const payload: unknown = JSON.parse(Buffer.from(stated.split(".")[1] ?? "", "base64url").toString());
  const { asked, answered } = statementSchema.parse(payload);
  const about = { iss: city, iat, member, interval };
  const logged = summarise(saying.logged);
  const statement = await signStatement({ ...about, ...logged }, signer("sz"));
  const agree = sameSummary({ asked, answered }, logged);
  const named = (findings ?? []).map((found) => complete(found, saying));
  const report =
    findings === undefined && !agree
      ? undefined
      : saying.reports({ ...about, stated: { asked, answered }, logged, findings: named, more: 0, unproven });
  const said = {
    statement,
    ...(report && { report: await signReport(report, signer("sz")) }),
    ...(findings === undefined && !agree && { entries: [...saying.lists(saying.logged)] }),
  };
  saying.said.push(said);
  return said;
}

function complete(named: NamedFinding, { logged, explains }: Saying) {
  const { replyLost: _lost, ...found } = named;
  const there = logged.find(({ exchange }) => exchange === found.exchange);
  const gateway =
    found.how === "member-only" || there === undefined
      ? null
      : { status: there.status, digest: there.digest };
  const explanation = explains(named);
  return { ...found, gateway, ...(explanation && { explanation }) };
}
