import type { Row } from "../../data/index.ts";

/** A file that takes rows one by one. */
export interface RowFile {
  write(row: Row): void;
  close(): Promise<void>;
}
