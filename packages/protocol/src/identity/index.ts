export {
  type CitizenId,
  type CitizenIdParts,
  composeCitizenId,
  holdsCitizenId,
  parseCitizenId,
} from "./citizen-id.ts";
export { divisionName, isDivision, parentDivision } from "./division.ts";
export type { DivisionName } from "./division-data.ts";
export { type IdentityFault, type IdentityReason, identityReasons } from "./fault.ts";
export { maskIdentifier, maskName, maskNumbersIn } from "./masking.ts";
export { type Jurisdiction, jurisdictionSchema, type NodeId, nodeIdSchema } from "./node-id.ts";
export { normaliseIdentifier } from "./normalise.ts";
export { type OrganisationCode, organisationCheck, parseOrganisationCode } from "./organisation-code.ts";
export {
  composeRegistrationNumber,
  type ParsedRegistrationNumber,
  parseRegistrationNumber,
  type RegistrationNumber,
  type RegistrationNumberParts,
} from "./registration-number.ts";
export { type SubjectScheme, subjectSchemes } from "./scheme.ts";
export {
  checkSubject,
  parseSubject,
  type Subject,
  type SubjectKind,
  subjectKinds,
  subjectSchema,
  subjectText,
} from "./subject.ts";
export { subjectKindOf } from "./subject-kind.ts";
export { composeUscc, parseUscc, type Uscc, type UsccOptions, type UsccParts } from "./uscc.ts";
