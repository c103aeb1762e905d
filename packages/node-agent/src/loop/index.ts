export { keepDoing, type LoopOptions } from "./keep-doing.ts";
