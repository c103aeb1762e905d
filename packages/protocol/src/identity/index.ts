export { type Jurisdiction, jurisdictionSchema, type NodeId, nodeIdSchema } from "./node-id.ts";
export {
  type Subject,
  type SubjectKind,
  type SubjectScheme,
  subjectKinds,
  subjectSchema,
  subjectSchemes,
} from "./subject.ts";
