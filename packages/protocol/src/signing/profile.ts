import type { Component } from "./base.ts";

/**
 * The one transport profile (PR-EXCHANGE §3). Nothing in it is negotiable: what is signed, with which
 * parameters and for how long.
 */
export const profileTag = "xinqiao";

/** The label we write. Labels are not signed, so a verifier chooses by tag and never by label. */
export const profileLabel = "xinqiao";

export const requestComponents: readonly Component[] = [
  "@method",
  "@target-uri",
  "content-digest",
  "content-type",
  "x-request-id",
  "xinqiao-from",
  "xinqiao-to",
].map((name) => ({ name, req: false }));

/** A response signs its own status and body, and everything its request signed. */
export const responseComponents: readonly Component[] = [
  ...["@status", "content-digest", "content-type"].map((name) => ({ name, req: false })),
  ...requestComponents.map(({ name }) => ({ name, req: true })),
];

export const profileParameters = ["created", "expires", "nonce", "keyid", "tag"] as const;

/** From `created` to `expires`. */
export const lifetimeSeconds = { default: 60, max: 300 } as const;
/** Base64url; 128 bits at least. */
export const noncePattern = /^[A-Za-z0-9_-]{22,64}$/;
