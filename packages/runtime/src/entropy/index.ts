import { randomBytes, randomUUID } from "node:crypto";

/** Where randomness comes from; tests pass their own. */
export interface Entropy {
  /** 128 bits, base64url: a signature's nonce. */
  nonce(): string;
  uuid(): string;
  hex(bytes: number): string;
  /** A view that stays as it is: drawn once, never drawn again. */
  bytes(length: number): Uint8Array;
}

/** The operating system's randomness, drawn in blocks: one system call serves many nonces. */
export function systemEntropy(): Entropy {
  let pool = Buffer.alloc(0);
  let used = 0;
  const take = (bytes: number): Buffer => {
    if (used + bytes > pool.length) {
      pool = randomBytes(Math.max(4096, bytes));
      used = 0;
    }
    const part = pool.subarray(used, used + bytes);
    used += bytes;
    return part;
  };
  return {
    nonce: () => take(16).toString("base64url"),
    uuid: () => randomUUID(),
    hex: (bytes) => take(bytes).toString("hex"),
    bytes: take,
  };
}
