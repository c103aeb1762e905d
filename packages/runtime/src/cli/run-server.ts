/** What a `serve` command runs. */
export interface Server {
  reloadMembers(): Promise<void>;
  close(): Promise<void>;
}

/** Called before a server's code is loaded: a reload that comes too early finds nothing to reload, and kills nothing. */
export function surviveHangup(): void {
  process.on("SIGHUP", () => {});
}

/**
 * Runs a server until SIGTERM or SIGINT; SIGHUP has it take a new member list. Signals are heard from before the
 * start on: one that comes while it starts is acted on once it has, and never kills it half-started.
 * @param signals `process`, as far as it is needed
 */
export async function runServer(
  start: () => Promise<Server>,
  onError: (error: unknown) => void,
  signals: Pick<NodeJS.EventEmitter, "on" | "off"> = process,
): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let server: Server | undefined;
  let missed = false;
  const reload = () => {
    if (server === undefined) missed = true;
    else server.reloadMembers().catch(onError);
  };
  const listeners = { SIGHUP: reload, SIGTERM: () => stop(), SIGINT: () => stop() };
  for (const [signal, listener] of Object.entries(listeners)) signals.on(signal, listener);
  try {
    server = await start();
    if (missed) reload();
    await stopped;
    await server.close();
  } finally {
    for (const [signal, listener] of Object.entries(listeners)) signals.off(signal, listener);
  }
}
