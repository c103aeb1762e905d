export { forgetDaily, forgetKeptBack, type Retention } from "./kept-back.ts";
