/**
 * Values that are long on the wire and short in a history. A value is its label, over and over, up to the length that
 * stands at the label's end: `w0.c1.s7.24|w0.c1.s7.24|`. So each part of it says where it belongs, and nothing need be
 * kept but the label.
 */
const MARK = "|";

/** The value of `label`, which ends in `.` and the value's length in bytes; never shorter than the label and its mark. */
export function valueOf(label: string): string {
  const unit = `${label}${MARK}`;
  const bytes = lengthOf(label);
  return unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
}

/** The label of a value; a value that has none, or is not wholly its label's, stands for itself. */
export function labelOf(value: string): string {
  const label = value.slice(0, Math.max(0, value.indexOf(MARK)));
  return lengthOf(label) === value.length && valueOf(label) === value ? label : value;
}

function lengthOf(label: string): number {
  return Math.max(Number(label.slice(label.lastIndexOf(".") + 1)), label.length + MARK.length);
}
