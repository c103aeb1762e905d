export { type SigningDaemonOptions, startSigningDaemon } from "./daemon.ts";
export { serveSigner } from "./serve.ts";
