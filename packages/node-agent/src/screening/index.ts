export { askedScreeningSchema, type ScreenDependencies, screen } from "./screen.ts";
