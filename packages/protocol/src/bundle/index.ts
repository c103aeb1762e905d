export {
  type Bundle,
  type BundledEntry,
  bundleSchema,
  formatBundle,
  type ProofRequest,
  proofRequestSchema,
  readBundle,
} from "./bundle.ts";
export type { Finding, FindingKind } from "./finding.ts";
export { type BundleReport, verifyBundle } from "./verify.ts";
