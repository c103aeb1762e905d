export { forgetKeptBack, forgetKeptBackDaily, type Retention } from "./kept-back.ts";
