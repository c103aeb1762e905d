import { type DecryptionJwk, encryptionJwkOf, generateDecryptionJwk } from "@xinqiao/protocol/encryption";
import {
  generatePrivateJwk,
  importSigner,
  type PrivateJwk,
  publicOf,
  type Signer,
  type SuiteName,
} from "@xinqiao/protocol/keys";
import { type Member, memberSchema, type Role } from "@xinqiao/protocol/registry";

/** A member as a test holds it: its entry in the list, and the keys behind it. */
export interface Party {
  readonly member: Member;
  readonly jwk: PrivateJwk;
  readonly signer: Signer;
  readonly decryptionJwk: DecryptionJwk;
}

export interface PartyOptions {
  readonly node: string;
  readonly role: Role;
  readonly jurisdiction?: string;
  readonly endpoint?: string;
  readonly suite?: SuiteName;
  readonly status?: Member["status"];
  readonly notAfter?: string;
}

export function createParty(options: PartyOptions): Party {
  const jwk = generatePrivateJwk(options.suite ?? "ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const decryptionJwk = generateDecryptionJwk();
  const member = memberSchema.parse({
    node: options.node,
    name: { zh: `示例 ${options.node}`, en: `Sample ${options.node}` },
    role: options.role,
    division: "440300",
    ...(options.jurisdiction !== undefined && { jurisdiction: options.jurisdiction }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    keys: [
      {
        jwk: publicOf(jwk),
        notBefore: "2020-01-01T00:00:00.000Z",
        ...(options.notAfter !== undefined && { notAfter: options.notAfter }),
      },
    ],
    encryptionKeys: [{ jwk: encryptionJwkOf(decryptionJwk), notBefore: "2020-01-01T00:00:00.000Z" }],
    scope: { items: "all", purposes: "all" },
    status: options.status ?? "active",
  });
  return { member, jwk, signer: signer.value, decryptionJwk };
}
