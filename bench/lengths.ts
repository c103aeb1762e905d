/** How long each load lasts, and over how many subjects it asks. */
export interface Lengths {
  readonly seconds: number;
  /** Until the compilers have seen the hot path often enough: the same for whatever is compared. */
  readonly warmUpSeconds: number;
  readonly subjects: number;
}
