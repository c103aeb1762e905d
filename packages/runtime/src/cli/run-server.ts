/** What a `serve` command runs. */
export interface Server {
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Called before a server's code is loaded: a reload that comes too early finds nothing to reload, and kills nothing. */
export function surviveHangup(): void {
  process.on("SIGHUP", () => {});
}

/**
 * Runs a server until SIGTERM or SIGINT; SIGHUP has it read again what may change. Signals are heard from before the
 * start on: one that comes while it starts is acted on once it has, and does not kill it half-started. Who asks it
 * to end a second time does not want to wait: then the signal does what it would have done.
 * @param signals `process`, as far as it is needed
 * @param raise sends this process a signal that nobody listens for any more
 */
export async function runServer(
  start: () => Promise<Server>,
  onError: (error: unknown) => void,
  signals: Pick<NodeJS.EventEmitter, "on" | "off"> = process,
  raise: (signal: NodeJS.Signals) => void = (signal) => process.kill(process.pid, signal),
): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let server: Server | undefined;
  let missed = false;
  const reload = () => {
    if (server === undefined) missed = true;
    else server.reload().catch(onError);
  };
  const ending = (signal: NodeJS.Signals) => () => {
    if (asked) {
      listen("off");
      raise(signal);
    }
    asked = true;
    stop();
  };
  let asked = false;
  const listeners = { SIGHUP: reload, SIGTERM: ending("SIGTERM"), SIGINT: ending("SIGINT") };
  const listen = (how: "on" | "off") => {
    for (const [signal, listener] of Object.entries(listeners)) signals[how](signal, listener);
  };
  listen("on");
  try {
    server = await start();
    if (missed) reload();
    await stopped;
    await server.close();
  } finally {
    listen("off");
  }
}
