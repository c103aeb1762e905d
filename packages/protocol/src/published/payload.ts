import { z } from "zod";
import { readCompact } from "../jws/index.ts";
import { chainClaims } from "./document.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The payload as JSON; nothing when it is none. */
export function parsePayload(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}

const linkSchema = z.object({ version: chainClaims.version, prev: chainClaims.prev });
export type Link = z.infer<typeof linkSchema>;

/** What a text says of its place in the chain, unverified: good only beside a hash that is believed. */
export function linkOf(text: string, type: string): Link | undefined {
  const payload = readCompact(text, type)?.payload;
  return linkSchema.safeParse(payload && parsePayload(payload)).data;
}
