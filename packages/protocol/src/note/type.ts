import type { SuiteName } from "../keys/index.ts";

/** What a key says by signing: the text is mine, or (C2SP tlog-cosignature) it extends what I have seen. */
export const keyUses = ["signature", "cosignature"] as const;
export type KeyUse = (typeof keyUses)[number];

/** C2SP signed-note leaves types without a byte of their own to whoever names them: 0xff and a name. */
const ours = (identifier: string): Buffer => Buffer.concat([Buffer.of(0xff), Buffer.from(identifier)]);

/**
 * What stands before the public key in a key's id and text: C2SP's byte where there is one. Its 0x02 for ECDSA is
 * one program's, with another key id and signatures in DER; SM2 has none.
 */
export const signatureTypes: Readonly<Record<KeyUse, Readonly<Record<SuiteName, Buffer>>>> = {
  signature: {
    ed25519: Buffer.of(0x01),
    es256: ours("xinqiao.es256.v1"),
    sm2: ours("xinqiao.sm2.v1"),
  },
  cosignature: {
    ed25519: Buffer.of(0x04),
    es256: ours("xinqiao.cosignature.es256.v1"),
    sm2: ours("xinqiao.cosignature.sm2.v1"),
  },
};
