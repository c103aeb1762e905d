import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Answer,
  type Question,
  questionSchema,
  sealRecords,
  signAnswer,
} from "@xinqiao/protocol/exchange";
import type { Signer } from "@xinqiao/protocol/keys";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { encryptionKeyAt, type Member } from "@xinqiao/protocol/registry";
import type { Party } from "./party.ts";

/** What a node under test control does with a question. */
export type Behaviour = (question: Question, response: ServerResponse) => void | Promise<void>;

export interface FakeNode {
  readonly origin: string;
  /** Questions received. */
  readonly asked: number;
  become(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A real HTTP server that answers questions as the test says; it checks nothing. */
export async function startFakeNode(behaviour: Behaviour): Promise<FakeNode> {
  let current = behaviour;
  let asked = 0;
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    // It watches no log: whoever asks is told so, and no question is counted.
    if (request.url?.startsWith("/v1/witness/")) {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked += 1;
      void current(questionSchema.parse(JSON.parse(Buffer.concat(chunks).toString())), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    get asked() {
      return asked;
    },
    become(next) {
      current = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An honest "nothing held" for a question. */
export function noneAnswer(node: string, question: Question, now = Date.now()): Answer {
  const seconds = Math.floor(now / 1000);
  const { requester: aud, exchange: jti, jurisdiction, purpose, subject, items } = question;
  const iss = node as Answer["iss"];
  const asOf = new Date(now).toISOString();
  return {
    iss,
    aud,
    jti,
    iat: seconds,
    exp: seconds + 300,
    jurisdiction,
    purpose,
    subject,
    items,
    status: "none",
    asOf,
    records: [],
  };
}

export const answering =
  (node: string, signer: Signer, change: (answer: Answer) => Answer = (answer) => answer): Behaviour =>
  async (question, response) => {
    response.setHeader("content-type", "application/jose");
    response.end(await signAnswer(change(noneAnswer(node, question)), signer));
  };

/** Answers with records sealed to a requester's key, and shows the test what it sealed. */
export const sealing =
  (
    { member: { node }, signer }: Pick<Party, "member" | "signer">,
    requester: Pick<Member, "encryptionKeys">,
    records: (question: Question) => readonly CreditRecord[],
    show: (sealed: string) => void = () => {},
  ): Behaviour =>
  async (question, response) => {
    const key = encryptionKeyAt(requester, Date.now());
    if (key === undefined) throw new Error("nothing can be sealed to the requester");
    const answer = noneAnswer(node, question);
    const sealed = await sealRecords(records(question), answer, key);
    show(sealed);
    await answering(node, signer, () => ({ ...answer, status: "ok", sealed }))(question, response);
  };

export const hanging: Behaviour = () => {};

export const saying =
  (status: number, contentType: string, body: string): Behaviour =>
  (_question, response) => {
    response.writeHead(status, { "content-type": contentType });
    response.end(body);
  };
