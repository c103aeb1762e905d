export { parseJson } from "./parse-json.ts";
export { type BodyStream, readBody } from "./read-body.ts";
export { type Incoming, type Received, receive } from "./receive.ts";
