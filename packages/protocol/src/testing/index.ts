/** For tests only, of this package and of others: the published vectors as values, and messages among their nodes. */
export { testAnswer, testExpected, testRecord } from "./answers.ts";
export { testAuthorisation, testAuthorisationKey, testCarried } from "./authorisation.ts";
export { type TestDisclosure, testDisclosure, testItem, testMember, testPurpose } from "./disclosure.ts";
export {
  headOf,
  receiveRequest,
  receiveResponse,
  type Sending,
  type SentRequest,
  type SentResponse,
  sendRequest,
  sendResponse,
  type TestNode,
  testNode,
  testNodes,
  testNonce,
  testNow,
  testRequestId,
} from "./messages.ts";
export {
  readNoteVectors,
  readRequestVectors,
  readResponseVectors,
  readRfc9421Vectors,
  readSealedVectors,
  readSm2Vectors,
  responseHead,
  testFederation,
} from "./vectors.ts";
