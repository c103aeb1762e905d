export { createDeadline, type Deadline } from "../upstream/deadline.ts";
