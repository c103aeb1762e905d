export { type City, type CityDependencies, openCity } from "./open.ts";
