/** One at a time: who calls it while it runs waits for the run under way, whatever is given. */
export function single<Given extends readonly unknown[], Value>(
  run: (...given: Given) => Promise<Value>,
): (...given: Given) => Promise<Value> {
  let underWay: Promise<Value> | undefined;
  return (...given) => {
    underWay ??= run(...given).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
