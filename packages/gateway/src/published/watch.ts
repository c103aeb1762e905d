/**
 * Takes new versions as they are published, with nobody having to tell the gateway. What cannot be taken is
 * reported once, until it is another thing.
 * @returns what ends it
 */
export function watch(
  takeNew: () => Promise<void>,
  everyMs: number,
  onFault: (error: unknown) => void,
): () => void {
  let last: string | undefined;
  const look = () =>
    takeNew().then(
      () => {
        last = undefined;
      },
      (error: unknown) => {
        if (last !== String(error)) onFault(error);
        last = String(error);
      },
    );
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
