export { freePort } from "@xinqiao/runtime/testing";
export { type PreparedAgent, prepareAgent, type RunningAgent } from "./agent.ts";
export { authorise, type GivenAuthorisation } from "./authorisation.ts";
export { createTestCatalogue, type TestCatalogue } from "./catalogue.ts";
export { createTestClock, type TestClock } from "./clock/index.ts";
export { askDirectly, withdrawalsHeard } from "./direct-question.ts";
export {
  answering,
  type Behaviour,
  type FakeNode,
  hanging,
  noneAnswer,
  saying,
  sealing,
  startFakeNode,
} from "./fake-node.ts";
export { copyMemory, findMarkers, searchFolder } from "./find-markers.ts";
export { readLog, startGateway, type TestGateway } from "./gateway.ts";
export { type GatewayProcess, type ProcessOptions, startGatewayProcess } from "./gateway-process.ts";
export { askLocally, type Installation, installAgent, installGateway } from "./operators.ts";
export { createParty, type Party } from "./party.ts";
export { csv, penaltyRow } from "./penalty-file.ts";
export { honest, type PlacedNode, placeNode } from "./placed-node.ts";
export { createTestRegistry, type TestRegistry } from "./registry.ts";
export { type LogFile, openLogFile } from "./rewrite-log.ts";
export {
  ask,
  expectSigned,
  type Prepared,
  prepare,
  type Sent,
  sampleLookup,
  sampleUscc,
  send,
} from "./signed-client.ts";
export { type SignerProcess, startSignerProcess } from "./signer-process.ts";
export { untilReady } from "./until-ready.ts";
