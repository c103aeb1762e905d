import { z } from "zod";

/** Every signature suite this version knows. A federation says which of them it uses (PR-REGISTRY §2). */
export const suiteNames = ["ed25519", "es256", "sm2"] as const;
export const suiteNameSchema = z.enum(suiteNames);
export type SuiteName = z.infer<typeof suiteNameSchema>;

/** A signature suite's names: `alg` of RFC 9421 §6.2.2 and `alg` of JOSE, which differ. */
export interface Suite {
  readonly name: SuiteName;
  /** Absent where nothing is registered: a signature of such a key that carries `alg` is refused. */
  readonly httpAlgorithm?: string;
  readonly joseAlgorithm: string;
}
