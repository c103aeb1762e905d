export { expire, expireDaily } from "./expire-daily.ts";
export { forgetReconciliations } from "./forget-reconciliations.ts";
export { retain } from "./retain.ts";
