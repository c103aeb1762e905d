export { keepAlarm, recordAlarms } from "./alarms.ts";
export { compareBeforeServing } from "./before-serving.ts";
export { createWitnessCollector, type WitnessReport } from "./collect.ts";
export { createConfirmation } from "./confirmation.ts";
export { createConversation } from "./conversation.ts";
export { type HeldElsewhere, heldElsewhere } from "./held-elsewhere.ts";
export { createWitnessLine } from "./line.ts";
export { nodeReader } from "./own-log.ts";
export type { WitnessAlarm, WitnessLine } from "./port.ts";
