/** A place between two groups of a log. */
export interface LogPosition {
  /** The number of a segment, and where in it the next group begins or may begin. */
  readonly segment: number;
  readonly offsetBytes: number;
  /** The last group before the place; 0 for none. */
  readonly sequence: number;
  /** No mutation up to this place has a higher revision. */
  readonly lastRevision: number;
}
