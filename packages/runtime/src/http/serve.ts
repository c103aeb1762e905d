import { randomBytes } from "node:crypto";
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Fault, fault, statusOf } from "@xinqiao/protocol/problem";
import type { Hono } from "hono";
import type { Address } from "../config/index.ts";
import { problemText } from "./problem-reply.ts";

export type HttpEnv = { Bindings: HttpBindings };

export interface ServeOptions {
  /** A port, or a socket of this machine by its path. */
  readonly address: Address | { readonly path: string };
  readonly hop: string;
  readonly maxHeaderBytes: number;
  /** Longest a whole request may take to arrive, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** A request so broken that no route saw it: oversized headers, bad HTTP, headers that never ended. */
  readonly onBrokenRequest?: (fault: Fault, traceId: string, address: string) => void;
}

export interface Serving {
  /** 0 for a socket. */
  readonly port: number;
  /** Stops accepting, lets requests in progress finish for `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** Serves an app on one address until closed. */
export async function serve(app: Hono<HttpEnv>, options: ServeOptions): Promise<Serving> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      maxHeaderSize: options.maxHeaderBytes,
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, options.requestTimeoutMs),
      keepAliveTimeout: 65_000,
    },
  }) as Server;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    answerBroken(error, socket, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address();
  const port = bound === null || typeof bound === "string" ? 0 : bound.port;
  return { port, close: (graceMs) => closeServer(server, graceMs) };
}

const brokenCodes: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: fault("request.headers-too-large"),
  ERR_HTTP_REQUEST_TIMEOUT: fault("request.body-timeout"),
};

function answerBroken(error: NodeJS.ErrnoException, socket: Socket, options: ServeOptions): void {
  // A connection the peer dropped has nobody to answer and nothing to record.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const reason = brokenCodes[error.code ?? ""] ?? fault("request.malformed");
  const traceId = randomBytes(16).toString("hex");
  options.onBrokenRequest?.(reason, traceId, socket.remoteAddress ?? "");
  const body = problemText(reason, { hop: options.hop, traceId });
  socket.end(
    `HTTP/1.1 ${statusOf(reason)} Refused\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const sweepIntervalMs = 50;

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept connection that was busy until now goes idle only after its reply: sweep until none is left.
  server.prependListener("request", (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
