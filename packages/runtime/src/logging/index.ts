import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/**
 * JSON lines on standard error. Callers log events with codes and ids, never bodies or headers; the
 * redaction list is the second fence, for a field that slips through.
 */
export function createLogger(
  options: { readonly name: string; readonly level: string },
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ["subject", "*.subject", "records", "*.records", "body", "*.body", "headers", "*.headers"],
        censor: "[removed]",
      },
    },
    destination,
  );
}
