export { keepAlarm, recordAlarms } from "./alarms.ts";
export { compareBeforeServing } from "./before-serving.ts";
export { createWitnessCollector, type WitnessCollector, type WitnessReport } from "./collect.ts";
export { type Confirmation, createConfirmation } from "./confirmation.ts";
export { type Conversation, createConversation } from "./conversation.ts";
export { type HeldElsewhere, heldElsewhere } from "./held-elsewhere.ts";
export { createWitnessLine } from "./line.ts";
export { nodeReader } from "./own-log.ts";
export type { WitnessAlarm, WitnessLine, WitnessReply } from "./port.ts";
