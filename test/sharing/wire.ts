import {
  noteCompared,
  type ReadChangesDependencies,
  readChanges,
  type TakePageDependencies,
  takePage,
  tellDigests,
} from "@xinqiao/gateway/sharing";
import { copiesReportSchema, digestsRequestSchema } from "@xinqiao/protocol/digests";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, type RequestHead, signResponse, verifyRequest } from "@xinqiao/protocol/signing";
import {
  type Delivery,
  type PackedPage,
  publishSchema,
  type ReadRequest,
  readSchema,
} from "@xinqiao/protocol/sync";
import { type Fuse, Killed } from "./fuse.ts";
import { createMangle } from "./mangle.ts";
import { hub, nodeOf } from "./members.ts";

/** What may happen to one request on its way. */
export const mishaps = ["lost", "unheard", "twice", "late", "broken"] as const;
export type Mishap = (typeof mishaps)[number];

export interface SentToHub extends RequestHead {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface HubReply {
  readonly head: { readonly status: number; readonly field: RequestHead["field"] };
  readonly body: Uint8Array;
}

export interface WireDependencies {
  readonly directory: () => Directory;
  readonly now: () => number;
  readonly running: () => { readonly take: TakePageDependencies; readonly read: ReadChangesDependencies };
  readonly onRead: (reader: NodeId, read: ReadRequest) => void;
  readonly onDelivered: (reader: NodeId, delivery: Delivery, asked: number) => void;
  /** Order of what the hub has done. */
  readonly clock: () => number;
}

/** What a disk, or a hub that lies, makes of pages. */
export interface Mangle {
  page(page: PackedPage): PackedPage;
  pages(pages: Delivery["pages"]): Delivery["pages"];
}

const asItIs: Mangle = { page: (page) => page, pages: (pages) => pages };

const unreachable = (): Result<never, Fault> => err(fault("gateway.unreachable"));

/** The gateway's door, without HTTP: who is no active member is not let in, and every reply is signed. */
export function createDoor(deps: WireDependencies) {
  let nonces = 0;

  async function outcome(
    { path, body }: SentToHub,
    asked: ReturnType<typeof askedBy>,
    mangle: Mangle,
  ): Promise<Result<object, unknown>> {
    const content: unknown = JSON.parse(Buffer.from(body).toString());
    if (path === "/v1/changes") {
      return takePage({ page: mangle.page(publishSchema.parse(content)), ...asked }, deps.running().take);
    }
    if (path === "/v1/digests") {
      return tellDigests({ wanted: digestsRequestSchema.parse(content), ...asked }, deps.running().read);
    }
    if (path === "/v1/digests/reports") {
      return noteCompared({ ...copiesReportSchema.parse(content), ...asked }, deps.running().read);
    }
    const read = readSchema.parse(content);
    deps.onRead(asked.member.node, read);
    const started = deps.clock();
    const gone = new AbortController().signal;
    const delivery = await readChanges({ read, gone, ...asked }, deps.running().read);
    if (!delivery.ok) return delivery;
    deps.onDelivered(asked.member.node, delivery.value, started);
    return ok({ ...delivery.value, pages: mangle.pages(delivery.value.pages) });
  }

  function askedBy(request: SentToHub) {
    const from = verifyRequest(request, request.body, {
      key: deps.directory().key,
      self: nodeOf(hub),
      now: deps.now(),
    });
    if (!from.ok || from.value.from.member.status !== "active") throw new NotLetIn();
    const { keyId, nonce, nonceExpiresAt: expiresAt, requestId } = from.value;
    const { member } = from.value.from;
    return { member, requestId, traceId: "0".repeat(32), claim: { keyId, nonce, expiresAt } };
  }

  return async (request: SentToHub, mangle: Mangle = asItIs): Promise<Result<HubReply, Fault>> => {
    try {
      const done = await outcome(request, askedBy(request), mangle);
      if (!done.ok) return unreachable();
      const body = Buffer.from(JSON.stringify(done.value));
      const headers = await signResponse(
        { status: 200, body, contentType: "application/json", request },
        {
          signer: hub.signer,
          now: deps.now(),
          nonce: Buffer.from(`${nonces++}`.padStart(16, "0")).toString("base64url"),
        },
      );
      return ok({ head: { status: 200, field: fieldReader(headers) }, body });
    } catch (error) {
      if (!(error instanceof Killed || error instanceof NotLetIn)) throw error;
      return unreachable();
    }
  };
}

class NotLetIn extends Error {}

/** Between agents and the door. The first request meets with what is to happen, those after it do not. */
export function createWire(door: ReturnType<typeof createDoor>, seen: () => Delivery["pages"]) {
  const late: SentToHub[] = [];
  return {
    send(
      { mishap, seed = 0 }: { readonly mishap?: Mishap | undefined; readonly seed?: number | undefined },
      fuse: Fuse,
    ) {
      let left = mishap;
      return async (request: SentToHub): Promise<Result<HubReply, Fault>> => {
        const met = left;
        left = undefined;
        fuse.burn();
        if (met === "lost") return unreachable();
        if (met === "late") {
          late.push(request);
          return unreachable();
        }
        if (met === "twice") await door(request);
        const reply = await door(request, met === "broken" ? createMangle(seed, seen()) : undefined);
        fuse.burn();
        return met === "unheard" ? unreachable() : reply;
      };
    },
    async deliverLate() {
      for (const request of late.splice(0)) await door(request);
    },
  };
}
