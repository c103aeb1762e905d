export { expire, expireDaily } from "./expire-daily.ts";
