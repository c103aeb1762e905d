import { createServer } from "node:net";
import { freePort } from "@xinqiao/runtime/testing";

export interface PortChoice {
  readonly port: number;
  /** The default, when another port had to be taken. */
  readonly insteadOf?: number;
}

/**
 * A port on loopback for each name: the wanted one when it is free, otherwise one that nobody else is given
 * until this process ends. All are held open until every one is chosen, so that no two are the same.
 */
export async function choosePorts<Name extends string>(
  wanted: Readonly<Record<Name, number>>,
  free: boolean,
): Promise<Map<Name, PortChoice>> {
  const chosen = new Map<Name, PortChoice>();
  const held: AsyncDisposable[] = [];
  try {
    for (const name of namesOf(wanted)) {
      const hold = (free ? undefined : await listen(wanted[name])) ?? (await listen(await freePort()));
      if (hold === undefined) throw new Error("no free port on 127.0.0.1 · 没有可用端口");
      held.push(hold);
      const moved = !free && hold.port !== wanted[name];
      chosen.set(name, { port: hold.port, ...(moved && { insteadOf: wanted[name] }) });
    }
    return chosen;
  } finally {
    for (const hold of held) await hold[Symbol.asyncDispose]();
  }
}

function namesOf<Name extends string>(wanted: Readonly<Record<Name, number>>): Name[] {
  const names: Name[] = [];
  for (const name in wanted) names.push(name);
  return names;
}

interface Hold extends AsyncDisposable {
  readonly port: number;
}

/** Listens on a port of loopback, or `undefined` when somebody else does. */
async function listen(port: number): Promise<Hold | undefined> {
  const server = createServer();
  const bound = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!bound) return undefined;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: address.port, [Symbol.asyncDispose]: close };
}
