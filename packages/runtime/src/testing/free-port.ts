import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

const host = "127.0.0.1";

/** Below the ports that systems give to outgoing connections: none of those takes it before its server starts. */
const [lowest, highest] = [10_000, 32_000];

/**
 * A port nobody listens on now. Origins are signed, so a port must be known before its server starts: until this process
 * ends, nobody else who asks here is given it, in whatever process.
 */
export async function freePort(draw: () => number = () => randomInt(lowest, highest)): Promise<number> {
  for (;;) {
    const port = draw();
    if ((await mark(port)) && (await isFree(port))) return port;
  }
}

/**
 * A number is a port of TCP and one of UDP: whoever holds the second, which nothing else here uses, is given the first.
 * The system lets go of it when the process ends, however it ends.
 * @returns whether nobody else has it
 */
function mark(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  return new Promise((resolve) => {
    socket.once("error", () => socket.close(() => resolve(false)));
    socket.bind({ port, address: host, exclusive: true }, () => resolve(true));
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
