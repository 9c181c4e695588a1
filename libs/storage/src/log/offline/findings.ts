import type { Finding } from "./check-report.ts";

/** Beyond so many, findings are only counted. */
const FINDING_LIMIT = 1000;

/** Collects findings: one for each place, the first that is told. */
export class Findings {
  readonly #byPlace = new Map<string, Finding>();
  #further = 0;
  #isSound = true;

  /** Whether there is no damage among them. */
  get isSound(): boolean {
    return this.#isSound;
  }

  add(finding: Finding): void {
    const place = `${finding.offsetBytes} ${finding.path}`;
    if (this.#byPlace.has(place)) return;
    this.#isSound &&= finding.severity !== "damage";
    if (this.#byPlace.size < FINDING_LIMIT) this.#byPlace.set(place, finding);
    else this.#further += 1;
  }

  /** As {@link add}, for so many that nobody has named one by one. */
  addFurther(count: number): void {
    this.#further += count;
  }

  /** By file and place; the last one says how many there are more, if there are, in `directory`. */
  list(directory: string): readonly Finding[] {
    const list = [...this.#byPlace.values()].toSorted(
      (one, other) =>
        Number(one.path > other.path) - Number(one.path < other.path) ||
        one.offsetBytes - other.offsetBytes,
    );
    if (this.#further === 0) return list;
    const reason = `there are ${this.#further} more findings, which are not listed`;
    return [...list, { severity: "note", path: directory, offsetBytes: 0, reason }];
  }
}
