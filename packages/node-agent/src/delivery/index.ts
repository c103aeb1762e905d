export { type DeliverDependencies, type Delivered, deliver } from "./deliver.ts";
export { type DeliveryEvents, type KeptDeliveries, keepDelivering, type OpenedDelivery } from "./open.ts";
export {
  createTableSql,
  type DeliveryConfig,
  type Dialect,
  deliverySchema,
  dialects,
  fitsDialect,
  openPlatform,
  type PlatformDependencies,
  placeOf,
} from "./platform/index.ts";
export type {
  Batch,
  CopyChange,
  DeadLetter,
  Deliveries,
  DeliveryFault,
  DeliveryQueue,
  DeliveryStanding,
  Platform,
  TakenCopies,
  WantedDelivery,
} from "./port.ts";
