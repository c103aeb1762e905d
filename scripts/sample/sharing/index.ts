export { demonstrateSharing } from "./demonstrate.ts";
