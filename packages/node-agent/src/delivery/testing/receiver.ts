import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { payloadOf, readCompact, verifyCompact } from "@xinqiao/protocol/jws";
import { disputeSchema, recordSchema } from "@xinqiao/protocol/record";
import { testFederation } from "@xinqiao/protocol/testing";
import { z } from "zod";
import { HeldRows } from "./held-rows.ts";

/** What a platform knows of a batch. */
export const receivedSchema = z.strictObject({
  iss: z.literal("sz-baoan"),
  iat: z.number(),
  delivery: z.string(),
  generation: z.string(),
  mark: z.string(),
  previous: z.string().nullable(),
  complete: z.boolean(),
  changes: z.array(
    z.discriminatedUnion("change", [
      z.strictObject({
        change: z.literal("put"),
        source: z.string(),
        record: recordSchema,
        disputes: z.array(disputeSchema).min(1).optional(),
      }),
      z.strictObject({ change: z.literal("remove"), source: z.string(), id: z.string() }),
    ]),
  ),
});
type Received = z.infer<typeof receivedSchema>;

/** A platform's web service, as the documents say that it should be; and what goes wrong on the way to it. */
export class Receiver {
  readonly held = new HeldRows();
  readonly heads: IncomingMessage["headers"][] = [];
  /** Answers so whatever comes. */
  status: number | undefined;
  /** Takes what comes, and cuts the connection. */
  losesReplies = false;
  /** Refuses a batch that holds such a change. */
  refuses: (received: Received) => boolean = () => false;
  batches = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #last: string | undefined;

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}/copies`;
  }

  /** Its database is put back to a time before anything was delivered. */
  forget(): void {
    this.held.clear();
    this.#last = undefined;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    this.heads.push(request.headers);
    const status = this.status ?? this.#take(Buffer.concat(chunks).toString());
    if (this.losesReplies) request.socket.destroy();
    else response.writeHead(status).end();
  }

  #take(text: string): number {
    const jws = readCompact(text, "xinqiao-delivery+jws");
    const key = jws && testFederation().directory.key(jws.keyId);
    if (jws === undefined || key === undefined || !verifyCompact(jws, key.verifier)) return 401;
    const received = receivedSchema.parse(payloadOf(jws));
    if (received.mark === this.#last) return 204;
    if (received.previous !== null && received.previous !== this.#last) return 409;
    if (this.refuses(received)) return 422;
    this.batches += 1;
    this.held.apply(received.changes, received.generation);
    if (received.complete) this.held.complete(received.generation);
    this.#last = received.mark;
    return 204;
  }
}
