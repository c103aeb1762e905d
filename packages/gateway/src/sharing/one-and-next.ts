/**
 * One run at a time, and however often it is asked for meanwhile, one more behind it: each asker's resolves with a run that
 * began after it had asked.
 */
export function createOneAndNext(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  async function run(): Promise<void> {
    try {
      await work();
    } finally {
      running = undefined;
    }
  }
  function begin(): Promise<void> {
    next = undefined;
    running = run();
    return running;
  }
  return () => {
    if (running === undefined) return next ?? begin();
    next ??= running.catch(() => undefined).then(begin);
    return next;
  };
}
