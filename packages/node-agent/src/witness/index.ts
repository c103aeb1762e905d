export {
  createWitness,
  type Witness,
  type WitnessAnswer,
  type WitnessDependencies,
} from "./add-checkpoint.ts";
export type { KeptEvidence, Move, WitnessBook } from "./port.ts";
export { readProof } from "./read-proof.ts";
