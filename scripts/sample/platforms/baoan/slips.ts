import type { Row, SampleItem } from "../../data/index.ts";

/** What people get wrong in files: a good row → the same row, sent once more with one slip in it. */
export interface Slip {
  readonly item: SampleItem;
  /** After this many good rows of the item. */
  readonly after: number;
  spoil(row: Row): Row;
}

/** A bad row is kept back with its line and reason, and loses none of the good ones. */
export const slips: readonly Slip[] = [
  {
    item: "penalty",
    after: 3,
    spoil: (row) => ({ ...row, CF_XDR_SHXYM: wrongCheck(row.CF_XDR_SHXYM ?? "") }),
  },
  { item: "penalty", after: 8, spoil: (row) => ({ ...row, CF_JDRQ: "2024-02-30" }) },
  { item: "penalty", after: 13, spoil: (row) => ({ ...row, CF_NR_FK: "1.23456789" }) },
  { item: "licence", after: 5, spoil: ({ XK_WSH: _lost, ...row }) => row },
  { item: "licence", after: 12, spoil: (row) => ({ ...row, XK_ZT: "有效" }) },
  { item: "red-list", after: 4, spoil: (row) => ({ ...row, HM_LRRQ: "去年十二月" }) },
];

/** The last character replaced by the one after it, so that the check of GB 32100 fails. */
function wrongCheck(code: string): string {
  return `${code.slice(0, 17)}${code.endsWith("0") ? "1" : "0"}`;
}
