/** `proved`: it is so. `missing`: nothing shows it, and nothing speaks against it. `wrong`: it is not so. */
export type FindingKind = "proved" | "missing" | "wrong";

/** One thing that a bundle shows, or does not, in plain words. */
export interface Finding {
  readonly kind: FindingKind;
  readonly zh: string;
  readonly en: string;
}

/** Where findings are put down. */
export interface Findings {
  proved(zh: string, en: string): void;
  missing(zh: string, en: string): void;
  wrong(zh: string, en: string): void;
}

export function collectFindings(): Findings & { readonly all: readonly Finding[] } {
  const all: Finding[] = [];
  const put = (kind: FindingKind) => (zh: string, en: string) => void all.push({ kind, zh, en });
  return { all, proved: put("proved"), missing: put("missing"), wrong: put("wrong") };
}
