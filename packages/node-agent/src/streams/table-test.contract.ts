import { afterEach, beforeEach } from "vitest";
import { type databaseOf, type Followed, followPlatform } from "./testing/followed.ts";
import type { Platform } from "./testing/platform.ts";

export const minuteMs = 60_000;
/** What a step comes to that has read all there was. */
export const done = { ok: true, value: { again: false } };

type FollowedBy = Parameters<typeof databaseOf> extends [unknown, ...infer By] ? By : never;

/** A platform of each test's own, and what follows it. */
export interface TableTest {
  readonly platform: Platform;
  readonly followed: Followed;
  follow(...by: FollowedBy): Promise<void>;
  /** Rows that were taken so far. */
  received(): number;
}

export function tableTest(open: () => Promise<Platform>): TableTest {
  let platform: Platform;
  let followed: Followed;
  beforeEach(async () => {
    platform = await open();
  });
  afterEach(async () => {
    await followed.close();
    await platform.close();
  });
  return {
    get platform() {
      return platform;
    },
    get followed() {
      return followed;
    },
    async follow(...by) {
      followed = await followPlatform(platform, ...by);
    },
    received: () => followed.taken.reduce((sum, counts) => sum + counts.received, 0),
  };
}
