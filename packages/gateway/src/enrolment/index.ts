export { openEnrolmentFolder } from "./folder-queue.ts";
export type { EnrolmentQueue, EnrolmentState, QueuedEnrolment } from "./queue.ts";
export { type EnrolmentReceipt, type ReceiveDependencies, receiveEnrolment } from "./receive.ts";
