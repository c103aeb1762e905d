/** Why a line of a file is no row at all. */
export type LineReason = "quotes-unbalanced" | "quotes-misplaced" | "column-count" | "row-too-long";

/** One row of a file, cells in the file's own order; or a line that could not be cut into cells. */
export type SourceRow =
  | { readonly line: number; readonly cells: readonly unknown[] }
  | { readonly line: number; readonly raw: string; readonly reason: LineReason };
