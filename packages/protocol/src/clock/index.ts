/** Seconds a sender's clock may be ahead of ours before we name the difference and refuse. */
export const clockToleranceSeconds = 10;
