import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";

/** A body as it arrives; `node:http`'s IncomingMessage is one. */
export type BodyStream = AsyncIterable<Uint8Array>;

/**
 * Collects the raw bytes, never more than `maxBytes`. `aborted` fires when the sender has taken too long;
 * a stream that breaks off counts as one that did not arrive in time.
 */
export async function readBody(
  stream: BodyStream,
  contentLength: string | undefined,
  maxBytes: number,
  aborted: AbortSignal,
): Promise<Result<Uint8Array, Fault>> {
  const tooLarge = () => err(fault("request.body-too-large", undefined, { maxBytes }));
  if (contentLength !== undefined && Number(contentLength) > maxBytes) return tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const late = Promise.withResolvers<"late">();
  const onAbort = () => late.resolve("late");
  aborted.addEventListener("abort", onAbort, { once: true });
  try {
    const iterator = stream[Symbol.asyncIterator]();
    for (;;) {
      const step = await Promise.race([iterator.next(), late.promise]);
      if (step === "late") return err(fault("request.body-timeout"));
      if (step.done) return ok(Buffer.concat(chunks, size));
      size += step.value.length;
      if (size > maxBytes) return tooLarge();
      chunks.push(step.value);
    }
  } catch {
    return err(fault("request.body-timeout", "the connection broke off"));
  } finally {
    aborted.removeEventListener("abort", onAbort);
  }
}
