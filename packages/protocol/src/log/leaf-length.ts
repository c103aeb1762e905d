/** The longest leaf that can be served: an entry bundle has two bytes for a leaf's length (C2SP tlog-tiles). */
export const maxLeafBytes = 65_535;

/** As many rows as an outcome has room for, whatever each of them says. */
export const maxOutcomeRows = 190;
