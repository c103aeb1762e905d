export { type ScreenDependencies, screen } from "./screen.ts";
