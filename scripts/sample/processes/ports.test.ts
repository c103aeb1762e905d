import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { choosePorts } from "./ports.ts";

async function held<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  try {
    return await use(address.port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("ports", () => {
  it("are the wanted ones when they are free", async () => {
    const port = await held(async (free) => free);
    expect(await choosePorts({ door: port }, false)).toEqual(new Map([["door", { port }]]));
  });

  it("are replaced when somebody holds them, and it is said", async () => {
    await held(async (port) => {
      const choice = (await choosePorts({ door: port }, false)).get("door");
      expect(choice?.insteadOf).toBe(port);
      expect(choice?.port).not.toBe(port);
    });
  });

  it("are all different, also when none is wanted", async () => {
    const wanted = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };
    const ports = [...(await choosePorts(wanted, true)).values()];
    expect(new Set(ports.map(({ port }) => port)).size).toBe(ports.length);
    expect(ports.every(({ insteadOf }) => insteadOf === undefined)).toBe(true);
  });
});
