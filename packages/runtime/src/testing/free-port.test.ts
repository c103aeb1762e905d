import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";

/** What another process is given that draws this port first. */
async function givenElsewhere(first: number): Promise<number> {
  const file = JSON.stringify(new URL("./free-port.ts", import.meta.url).href);
  const program = `
    const ports = [${first}, ${first + 1}, ${first + 2}];
    const { freePort } = await import(${file});
    process.stdout.write(String(await freePort(() => ports.shift())));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  return Number(stdout);
}

describe("a free port", () => {
  it("is given out once, before anybody listens on it: here, and in every other process", async () => {
    const port = await freePort();
    const draws = [port, port + 1, port + 2];
    expect(await freePort(() => draws.shift() ?? 0)).not.toBe(port);
    expect(await givenElsewhere(port)).not.toBe(port);
  });

  it("is none that somebody listens on who did not ask here", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    expect(await givenElsewhere(address.port)).not.toBe(address.port);
    await new Promise((resolve) => server.close(resolve));
  });
});
