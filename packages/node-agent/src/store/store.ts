import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { DigestIndex } from "@xinqiao/runtime/digests";
import { createDurable } from "@xinqiao/runtime/durable";
import type { AuthorisationBook } from "../authorisation/index.ts";
import type { Book } from "../book/index.ts";
import type { CaseShelf } from "../cases/index.ts";
import type { Deliveries } from "../delivery/index.ts";
import type { RevocationBook } from "../feedback/index.ts";
import type { ReconciledHours } from "../reconciliation/index.ts";
import type { Inbox, Outbox, OwnRecords } from "../sharing/index.ts";
import type { WithdrawalBook } from "../withdrawals/index.ts";
import { createAuthorisationBook, createWithdrawalBook } from "./authorisations.ts";
import { type Batches, createBatches } from "./batches.ts";
import { createBook, createReconciledHours } from "./book.ts";
import { createCaseShelf } from "./cases.ts";
import { openDatabase, openToRead, readiness, type UnreadableStore } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDigests } from "./digests.ts";
import { createImports, type Imports } from "./imports.ts";
import { createInbox } from "./inbox.ts";
import { createNonces, type Nonces } from "./nonces.ts";
import { createOutbox } from "./outbox.ts";
import { createRecords, type SubjectKey } from "./records.ts";
import { createRevocationBook } from "./revocations.ts";
import { createStreams, type Streams } from "./streams.ts";

/** What the file of records says about one subject, and since when it is known. */
export interface Held {
  readonly records: readonly CreditRecord[];
  /** Item → ISO instant up to which its imports say how things stand. Items never imported are absent. */
  readonly coverage: ReadonlyMap<ItemCode, string>;
  /** Items with rows about the subject that were kept back, or with records that cannot be read. */
  readonly gaps: readonly ItemCode[];
}

/** The agent's own file: imported records, the imports they came by, and nonces seen. */
export interface AgentStore extends Nonces {
  readonly imports: Imports;
  /** Rows of the platform's tables and services. */
  readonly streams: Streams;
  /** Rows that the platform hands over by name. */
  readonly batches: Batches;
  /** What this member has signed for subjects. */
  readonly authorisations: AuthorisationBook;
  /** What the city has told of withdrawals. */
  readonly withdrawals: WithdrawalBook;
  /** What this member asked and answered. */
  readonly book: Book;
  readonly reconciled: ReconciledHours;
  /** What this member has to share, and what others have shared with it. */
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly own: OwnRecords;
  /** What the city has asked this member to revoke. */
  readonly revocations: RevocationBook;
  /** What copies come to, on its way to the member's own platform. */
  readonly deliveries: Deliveries;
  /** Objections and repairs. */
  readonly cases: CaseShelf;
  /** Digests of what this member tells, and of what it holds of others. */
  readonly digests: (self: NodeId) => DigestIndex;
  /** One indexed read, in one snapshot. */
  find(subject: SubjectKey, items: readonly ItemCode[]): Held;
  close(): void;
}

/** What is read of a store by a process of its own, beside the agent. */
export interface StoreToRead extends Pick<AgentStore, "close"> {
  readonly imports: Pick<Imports, "openGaps">;
  readonly streams: Pick<Streams, "standings" | "keptBack">;
  readonly outbox: Pick<Outbox, "refused">;
  readonly deliveries: Pick<Deliveries, "standings" | "deadLetters">;
}

/** It makes no file, nor changes one. */
export function openStoreToRead(path: string): Result<StoreToRead, UnreadableStore> {
  const opened = openToRead(path);
  if (!opened.ok) return opened;
  const database = opened.value;
  const records = createRecords(database);
  return ok({
    imports: createImports(database, records),
    streams: createStreams(database, records),
    outbox: createOutbox(database),
    deliveries: createDeliveries(database, createDurable(path, "book.unavailable")),
    close: () => void database.close(),
  });
}

/** For a process of its own beside the agent: neither makes it nor brings it up under an older agent that runs. */
export function openStoreToChange(path: string): Result<AgentStore, UnreadableStore> {
  const fault = readiness(path);
  return fault === undefined ? ok(openStore(path)) : err(fault);
}

/** Opens the store at `path`, making or upgrading it. Throws when the file cannot be used. */
export function openStore(path: string): AgentStore {
  const database = openDatabase(path);
  const records = createRecords(database);
  const imports = createImports(database, records);
  const durable = createDurable(path, "book.unavailable");
  const book = createBook(database, durable);
  const find = database.transaction((subject: SubjectKey, items: readonly ItemCode[]): Held => {
    const { records: found, unread } = records.of(subject, items);
    const gaps = [...new Set([...imports.gaps(subject, items), ...unread])];
    return { records: found, coverage: imports.coverage(), gaps };
  });
  return {
    ...createNonces(database),
    imports,
    streams: createStreams(database, records),
    batches: createBatches(database),
    authorisations: createAuthorisationBook(database),
    withdrawals: createWithdrawalBook(database),
    book,
    reconciled: createReconciledHours(database),
    own: records.own,
    cases: createCaseShelf(database),
    digests: createDigests(database, records.own),
    outbox: createOutbox(database),
    inbox: createInbox(database, durable),
    revocations: createRevocationBook(database, durable),
    deliveries: createDeliveries(database, durable),
    find: (subject, items) => find(subject, items),
    close() {
      durable.close();
      database.close();
    },
  };
}
