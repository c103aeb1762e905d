import { createHash } from "node:crypto";

/** Of a signed text as it travels, base64url: what the log names it by. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");
