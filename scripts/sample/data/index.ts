export {
  auditor,
  peerPlace,
  type SampleNode,
  type SampleNodeId,
  type SamplePlace,
  sampleNode,
  sampleNodeIds,
  sampleNodes,
} from "./nodes.ts";
export { demonstrationSubject, type SampleSubject, subjectsOf } from "./population.ts";
export { recordsOf, type SampleRecord } from "./records.ts";
export { type Row, type SampleItem, sampleItems } from "./rows/index.ts";
export { sharedItems } from "./shared-items.ts";
export { defaultSubjects, fewestSubjects, mostSubjects, recordTotal, sampleVersion } from "./size.ts";
