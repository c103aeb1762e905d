import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  generatePrivateJwk,
  importSigner,
  importVerifier,
  publicOf,
  suiteNames,
  thumbprint,
} from "@xinqiao/protocol/keys";
import { Client } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Server } from "../cli/index.ts";
import { maxDataBytes, readPublicKey, readSigner } from "../keys/index.ts";
import { openRemoteSigner } from "../keys/remote-signer.ts";
import { createLogger } from "../logging/index.ts";
import { startSigningDaemon } from "./index.ts";

const silent = createLogger({ name: "signer", level: "silent" });
const keys = suiteNames.map((suite) => ({ suite, jwk: generatePrivateJwk(suite) }));
const [first] = keys;
if (first === undefined) throw new Error("no suite");
const keyId = thumbprint(publicOf(first.jwk));
const message = Buffer.from("what is signed");

let folder: string;
let socket: string;
let keyFiles: string[];
let open: { close(): Promise<void> }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-signer-"));
  socket = join(folder, "run", "signer.sock");
  open = [];
  keyFiles = await Promise.all(
    keys.map(async ({ suite, jwk }) => {
      const file = join(folder, `${suite}.json`);
      await writeFile(file, JSON.stringify(jwk));
      return file;
    }),
  );
});
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(group = false): Promise<Server> {
  const daemon = await startSigningDaemon({ socket, keyFiles, group }, silent);
  open.push(daemon);
  return daemon;
}

/** Something else that listens where a daemon should. */
async function listen(handle: Parameters<typeof createServer>[1]): Promise<void> {
  const server: HttpServer = createServer(handle);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  open.push({
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
}

async function call(method: "GET" | "POST", path: string, body?: Uint8Array) {
  const client = new Client("http://signer", { socketPath: socket });
  const reply = await client.request({ method, path, ...(body && { body }) });
  const text = await reply.body.text();
  await client.close();
  return { status: reply.statusCode, text };
}

describe("a signing daemon", () => {
  it.each(keys)("signs with a key of $suite that the caller never has", async ({ suite, jwk }) => {
    await start();
    const location = { socket, keyId: thumbprint(publicOf(jwk)) };
    expect(await readPublicKey(location)).toEqual(publicOf(jwk));
    const signer = await readSigner(location);
    expect(signer).toMatchObject({ keyId: location.keyId, suite: { name: suite } });
    const verifier = importVerifier(publicOf(jwk));
    const signature = await signer.sign(message);
    expect(verifier.ok && verifier.value.verify(message, signature)).toBe(true);
  });

  it("has no way to get a key out", async () => {
    await start();
    const listed = await call("GET", "/v1/keys");
    const asked = ["/", "/v1/keys/", `/v1/keys/${keyId}`, `/v1/sign/${keyId}/ed25519`];
    const replies = [listed, ...(await Promise.all(asked.map((path) => call("GET", path))))];
    expect(replies.map(({ status }) => status)).toEqual([200, 404, 404, 404, 404]);
    for (const { jwk } of keys) {
      expect(listed.text).toContain(thumbprint(publicOf(jwk)));
      for (const { text } of replies) expect(text).not.toContain(jwk.d);
    }
  });

  it.each([
    ["a key it does not hold", `/v1/sign/${"A".repeat(43)}/ed25519`, 404, "CKR_KEY_HANDLE_INVALID"],
    ["another mechanism than the key's", `/v1/sign/${keyId}/sm2`, 422, "CKR_MECHANISM_INVALID"],
    ["a mechanism nobody knows", `/v1/sign/${keyId}/rsa`, 422, "CKR_MECHANISM_INVALID"],
    ["anything but signing", "/v1/decrypt", 404, "CKR_FUNCTION_NOT_SUPPORTED"],
  ])("refuses %s", async (_, path, status, rv) => {
    await start();
    expect(await call("POST", path, message)).toEqual({ status, text: JSON.stringify({ rv }) });
  });

  it("signs as much as it says and no more", async () => {
    await start();
    const path = `/v1/sign/${keyId}/ed25519`;
    expect(await call("POST", path, Buffer.alloc(maxDataBytes))).toMatchObject({ status: 200 });
    const more = await call("POST", path, Buffer.alloc(maxDataBytes + 1));
    expect(more).toEqual({ status: 413, text: '{"rv":"CKR_DATA_LEN_RANGE"}' });
  });

  it("takes another key when told to read its files again", async () => {
    const daemon = await start();
    const jwk = generatePrivateJwk("sm2");
    const location = { socket, keyId: thumbprint(publicOf(jwk)) };
    await expect(readSigner(location)).rejects.toThrow(/holds no key/);
    await writeFile(join(folder, "sm2.json"), JSON.stringify(jwk));
    await daemon.reload();
    expect(await readPublicKey(location)).toEqual(publicOf(jwk));
  });
});

describe("its socket", () => {
  it.each([
    ["its user alone", false, 0o600],
    ["its group too, when told so", true, 0o660],
  ])("is for %s", async (_, group, mode) => {
    await start(group);
    expect((await stat(socket)).mode & 0o777).toBe(mode);
  });

  it("is not taken from a daemon that lives, and is from one that is gone", async () => {
    const living = await start();
    await expect(start()).rejects.toThrow(/another signing daemon listens/);
    expect((await call("GET", "/v1/keys")).status, "undisturbed").toBe(200);
    await living.close();
    await expect(stat(socket), "nothing is left behind").rejects.toThrow("ENOENT");
  });

  it("is not put in the place of a file", async () => {
    socket = join(folder, "notes.txt");
    await writeFile(socket, "kept");
    await expect(start()).rejects.toThrow(/is no socket/);
    expect(await readFile(socket, "utf8")).toBe("kept");
  });

  it("has a path no longer than the system takes", async () => {
    socket = join(folder, "a".repeat(120));
    await expect(start()).rejects.toThrow(/is not usable/);
  });
});

describe("a signer whose key is behind a daemon", () => {
  const code = async (signing: Promise<unknown>) =>
    signing.then(
      () => "signed",
      (error: unknown) => error,
    );
  const unavailable = (reason: string) => ({ fault: { code: "key.unavailable", facts: { reason } } });

  it("cannot begin without it", async () => {
    await expect(readSigner({ socket, keyId })).rejects.toThrow(/no signing daemon answers \(ENOENT\)/);
    await expect(readPublicKey({ socket, keyId })).rejects.toThrow(/no signing daemon answers/);
  });

  it("says that its key is away while the daemon is, and signs again once it is back", async () => {
    const daemon = await start();
    const signer = await readSigner({ socket, keyId });
    await signer.sign(message);
    await daemon.close();
    expect(await code(Promise.resolve(signer.sign(message)))).toMatchObject(unavailable("ENOENT"));
    await start();
    expect(await signer.sign(message)).toHaveLength(64);
  });

  it("waits for a daemon that hangs only so long", async () => {
    await start().then((daemon) => daemon.close());
    const listed = JSON.stringify({
      keys: [{ keyId, mechanism: "ed25519", publicKey: publicOf(first.jwk) }],
    });
    await listen((request, response) => {
      if (request.method === "GET") response.end(listed);
    });
    const signer = await openRemoteSigner({ socket, keyId }, 2_000);
    expect(await code(Promise.resolve(signer.sign(message)))).toMatchObject(unavailable("TimeoutError"));
  });

  it("hands out nothing that was signed with another key than the one listed", async () => {
    await start().then((daemon) => daemon.close());
    const other = importSigner(generatePrivateJwk("ed25519"));
    if (!other.ok) throw new Error(other.error);
    const listed = { keys: [{ keyId, mechanism: "ed25519", publicKey: publicOf(first.jwk) }] };
    await listen(async (request, response) => {
      response.end(request.method === "GET" ? JSON.stringify(listed) : await other.value.sign(message));
    });
    const signer = await readSigner({ socket, keyId });
    for (let times = 0; times < 2; times += 1) {
      expect(await code(Promise.resolve(signer.sign(message)))).toMatchObject(
        unavailable("signature-invalid"),
      );
    }
  });

  it.each([
    ["an answer that is no list", "{}", /is no signing daemon/],
    ["a key under another's name", undefined, /holds no key/],
  ])("does not begin with %s", async (_, text, says) => {
    await start().then((daemon) => daemon.close());
    const [, other] = keys;
    const lie = { keys: [{ keyId, mechanism: "ed25519", publicKey: other && publicOf(other.jwk) }] };
    await listen((_request, response) => response.end(text ?? JSON.stringify(lie)));
    await expect(readSigner({ socket, keyId })).rejects.toThrow(says);
  });
});
