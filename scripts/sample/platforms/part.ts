/** A platform to be made. */
export interface Build {
  /** Empty when it begins. */
  readonly folder: string;
  readonly subjects: number;
  /** To be called for every record done. */
  readonly onRecord: () => void;
}
