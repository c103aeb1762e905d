import type { RevokingEffect } from "@xinqiao/protocol/measures";

/** Why whoever acted upon a record is asked to revoke, as the city and its members say it. */
export const effectWords: Readonly<Record<RevokingEffect, string>> = {
  repaired: "已修复 repaired",
  withdrawn: "已撤回 withdrawn",
  ended: "已终止 ended",
};
