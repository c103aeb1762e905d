/** Of every log that tests open: what one test process wrote, the next one finds. */
export const tagKey: Uint8Array = Buffer.alloc(32, 7);
