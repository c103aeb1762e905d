export { createInFlight, type InFlight } from "./in-flight.ts";
export { problemReply, problemText, thrownReply, type Where } from "./problem-reply.ts";
export { receiveSigned, requestHead, type SignedEndpoint } from "./receive-signed.ts";
export { type HttpEnv, type ServeOptions, type Serving, serve } from "./serve.ts";
