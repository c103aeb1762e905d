export {
  algorithmFits,
  type CompactJws,
  payloadOf,
  readCompact,
  signCompact,
  verifyCompact,
} from "./compact.ts";
