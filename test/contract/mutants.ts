type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** On both sides of every bound the contract sets. */
const bounds = [1, 2, 20, 32, 49, 64, 100, 200, 399, 400, 599, 2_000, 30_000].flatMap((bound) => [
  bound,
  bound + 1,
]);

const kinds: readonly Json[] = [
  ...[null, true, "", "X-1", "440306", "2026-02-30", "2026-01-01T00:00:00+08:00", 0, -1, 1.5, [], {}],
  ...bounds,
];

/** Values of every other kind, and of the same kind at its edges. */
function others(value: Json): readonly Json[] {
  if (typeof value === "string") {
    const longer = bounds.map((length) => "x".repeat(length));
    return [...kinds, ...longer, `${value}!`, ` ${value}`, value.toUpperCase(), value.slice(1)];
  }
  if (typeof value === "number") return [...kinds, -value, value + 0.5, String(value)];
  if (isList(value)) {
    const longer = bounds.map((length) => Array.from({ length }, () => value[0] ?? "x"));
    return [...kinds, ...longer, [...value, null], value[0] ?? null];
  }
  return kinds;
}

/** Every way to spoil one place of a JSON value: another value there, nothing there, or something more beside it. */
export function* mutants(value: Json): Generator<Json> {
  yield* others(value);
  if (isList(value)) {
    for (const [index, element] of value.entries()) {
      for (const mutant of mutants(element)) yield value.with(index, mutant);
    }
  }
  if (!isObject(value)) return;
  yield { ...value, unheardOf: 1 };
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _gone, ...rest } = value;
    yield rest;
    for (const mutant of mutants(member)) yield { ...value, [name]: mutant };
  }
}
