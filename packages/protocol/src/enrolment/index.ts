export {
  type Endorsement,
  endorsementLifetimeSeconds,
  openEndorsement,
  signEndorsement,
} from "./endorsement.ts";
export { fingerprint, sameFingerprint } from "./fingerprint.ts";
export {
  type Invitation,
  invitationSchema,
  openInvitation,
  readInvitation,
  signInvitation,
} from "./invitation.ts";
export {
  type Enrolment,
  type EnrolmentContext,
  type EnrolmentRequest,
  enrolmentMediaType,
  openEnrolment,
  signEnrolment,
} from "./request.ts";
