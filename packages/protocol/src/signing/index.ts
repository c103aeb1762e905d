export { type Component, componentIdentifier, signatureBase } from "./base.ts";
export { checkContentDigest, contentDigest } from "./digest.ts";
export { type FieldReader, fieldReader, type RequestHead, type ResponseHead } from "./message.ts";
export {
  lifetimeSeconds,
  profileTag,
  requestComponents,
  responseComponents,
} from "./profile.ts";
export {
  type OutgoingRequest,
  type OutgoingResponse,
  type Sealing,
  signRequest,
  signResponse,
} from "./sign.ts";
export { coveredFields, signatureTimes } from "./signature-input.ts";
export { type Checking, type Verified, verifyRequest, verifyResponse } from "./verify.ts";
