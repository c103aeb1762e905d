import { z } from "zod";
import { payloadOf, readCompact } from "../jws/index.ts";
import { chainClaims } from "./document.ts";

const linkSchema = z.object({ version: chainClaims.version, prev: chainClaims.prev });
export type Link = z.infer<typeof linkSchema>;

/** What a text says of its place in the chain, unverified: good only beside a hash that is believed. */
export function linkOf(text: string, type: string): Link | undefined {
  const jws = readCompact(text, type);
  return linkSchema.safeParse(jws && payloadOf(jws)).data;
}
