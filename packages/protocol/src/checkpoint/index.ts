export { type Checkpoint, formatCheckpoint, parseCheckpoint, parseSize } from "./checkpoint.ts";
export {
  type Cosignature,
  cosign,
  cosignatureVerifier,
  verifyCosignatures,
} from "./cosignature.ts";
export { logOrigin, nodeOf, witnessName } from "./names.ts";
export { logVerifiers, type Witness, witnessesOf, witnessOf } from "./parties.ts";
export { judgeQuorum, type QuorumJudgement, type QuorumPolicy, quorumPolicySchema } from "./quorum.ts";
export {
  type CheckpointFault,
  openCheckpoint,
  readCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from "./signed.ts";
