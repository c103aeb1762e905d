export { exchangeTable } from "./exchange-table.ts";
