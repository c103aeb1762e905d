import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { loopbackCertificate, loopbackKey } from "./certificate.ts";

export const dongguan = nodeIdSchema.parse("dg");
export const huizhou = nodeIdSchema.parse("hz");

/** A node on loopback that does what it is told, for as long as the block that made it (`await using`). */
export interface LoopbackNode extends AsyncDisposable {
  readonly origin: string;
  /** Requests received. */
  readonly requests: number;
  /** Connections accepted, and those still open. */
  readonly connections: number;
  readonly connected: number;
  answer: RequestListener;
}

export const answering =
  (status: number, body: string | Uint8Array = "", contentType = "application/jose"): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": contentType }).end(body);
  };

/** Accepts the request and never answers. */
export const hanging: RequestListener = () => {};

export async function startNode(answer: RequestListener, tls = false): Promise<LoopbackNode> {
  let requests = 0;
  let connections = 0;
  let connected = 0;
  const listener: RequestListener = (request, response) => {
    requests += 1;
    node.answer(request, response);
  };
  const server = tls
    ? createSecureServer({ cert: loopbackCertificate, key: loopbackKey }, listener)
    : createServer(listener);
  server.on("connection", (socket) => {
    connections += 1;
    connected += 1;
    socket.once("close", () => {
      connected -= 1;
    });
  });
  const port = await listen(server);
  const node: LoopbackNode = {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    get connections() {
      return connections;
    },
    get connected() {
      return connected;
    },
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return node;
}

/** An origin on which nobody listens. */
export async function closedOrigin(): Promise<string> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

/** Takes connections and says nothing: a TLS handshake with it never ends. */
export async function startSilent(): Promise<AsyncDisposable & { readonly origin: string }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => sockets.add(socket));
  const port = await listen(server);
  return {
    origin: `https://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Lets a server listen on a free port of loopback; returns the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}
