export { addressKey } from "./address-key.ts";
export { createLimitedBook, type LimitedBook } from "./limited-book.ts";
export { createRateLimit, type Rate, type RateLimit } from "./member-rate.ts";
export { createRecentClaims, type RecentClaims } from "./recent-claims.ts";
