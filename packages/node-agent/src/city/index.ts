export { type City, type CityDependencies, followCity } from "./follow-city.ts";
