export { type Growth, growthOf } from "./growth.ts";
export { measureGrowth } from "./measure.ts";
