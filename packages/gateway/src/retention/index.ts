export { expire } from "./expire.ts";
export { forgetReconciliations } from "./forget-reconciliations.ts";
export { retain } from "./retain.ts";
