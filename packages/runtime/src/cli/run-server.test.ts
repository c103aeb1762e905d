import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { runServer } from "./run-server.ts";

/** A server that starts when told to, and says what was done to it. */
function scene() {
  const signals = new EventEmitter();
  const done: string[] = [];
  const errors: unknown[] = [];
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const server = {
    async reload() {
      done.push("reload");
      if (done.length > 2) throw new Error("a list with a fault");
    },
    async close() {
      done.push("close");
    },
  };
  const running = runServer(
    async () => {
      await started;
      done.push("started");
      return server;
    },
    (error) => errors.push(error),
    signals,
  );
  return { signals, done, errors, started: () => resolve(), running };
}

describe("runServer", () => {
  it("takes a signal during the start once it has started", async () => {
    const { signals, done, started, running } = scene();
    signals.emit("SIGHUP");
    signals.emit("SIGHUP");
    signals.emit("SIGTERM");
    expect(done).toEqual([]);
    started();
    await running;
    expect(done).toEqual(["started", "reload", "close"]);
    expect(signals.eventNames(), "listens no longer").toEqual([]);
  });

  it("reloads on SIGHUP and goes on when that fails", async () => {
    const { signals, done, errors, started, running } = scene();
    started();
    await expect.poll(() => done).toEqual(["started"]);
    await Promise.resolve();
    signals.emit("SIGHUP");
    signals.emit("SIGHUP");
    await expect.poll(() => errors).toHaveLength(1);
    signals.emit("SIGINT");
    await running;
    expect(done).toEqual(["started", "reload", "reload", "close"]);
  });

  it("leaves a second request to end to the system: a start that hangs can be broken off", async () => {
    const signals = new EventEmitter();
    const raised: string[] = [];
    const never = new Promise<never>(() => {});
    void runServer(
      () => never,
      () => {},
      signals,
      (signal) => raised.push(signal),
    );
    signals.emit("SIGTERM");
    expect(raised).toEqual([]);
    signals.emit("SIGINT");
    expect(raised).toEqual(["SIGINT"]);
    expect(signals.eventNames()).toEqual([]);
  });

  it("fails as the start fails, and leaves nothing behind", async () => {
    const signals = new EventEmitter();
    const failing = runServer(
      () => Promise.reject(new Error("no port")),
      () => {},
      signals,
    );
    await expect(failing).rejects.toThrow("no port");
    expect(signals.eventNames()).toEqual([]);
  });
});
