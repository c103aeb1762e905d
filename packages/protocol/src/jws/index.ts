export { algorithmFits, type CompactJws, readCompact, signCompact } from "./compact.ts";
