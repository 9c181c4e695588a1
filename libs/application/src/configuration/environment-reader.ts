/** The operating system's environment, passed in. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Bounds of a whole number, both included. */
export interface IntegerRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * The only reader of environment variables. Every method answers `undefined` for a variable that is unset or empty, and
 * also for one that is malformed: that one is put in the report, and the boot is refused once all is read.
 */
export interface EnvironmentReader {
  string(name: string): string | undefined;
  /** Decimal digits with an optional sign. */
  integer(name: string, range?: IntegerRange): number | undefined;
  /** `true`, `yes`, `on`, `1` or `false`, `no`, `off`, `0`, in either case. */
  boolean(name: string): boolean | undefined;
  /** Parts between commas, without the white space around them and without empty ones. */
  list(name: string): readonly string[] | undefined;
  /** A string that must be there: an unset variable is a problem, and the answer is an empty string. */
  required(name: string): string;
}

/** One look at a variable. */
export interface VariableRead {
  readonly name: string;
  /** The variable's text; `undefined` when it is unset or empty. */
  readonly text: string | undefined;
  /** What it should have been, when it was malformed or missing. */
  readonly expected?: string | undefined;
  /** Texts that would do and mean something else, also than each other, to find out what depends on the variable. */
  readonly probes: readonly string[];
}

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** Reads `variables`, telling `onRead` of every look. */
export function createEnvironmentReader(
  variables: Variables,
  onRead: (read: VariableRead) => void,
): EnvironmentReader {
  const read = <Value>(name: string, kind: Kind<Value>): Value | undefined => {
    const text = variables[name] === "" ? undefined : variables[name];
    const value = text === undefined ? undefined : kind.parse(text);
    const malformed = value === undefined && (text !== undefined || kind.required === true);
    const expected = malformed ? kind.expected : undefined;
    onRead({ name, text, expected, probes: kind.probes(value) });
    return value;
  };
  return {
    string: (name) => read(name, STRING),
    integer: (name, range = {}) => read(name, integerKind(range)),
    boolean: (name) => read(name, BOOLEAN),
    list: (name) => read(name, LIST),
    required: (name) => read(name, REQUIRED) ?? "",
  };
}

interface Kind<Value> {
  readonly expected: string;
  readonly required?: boolean;
  readonly parse: (text: string) => Value | undefined;
  /** Two texts of this kind, as far as there are two, that mean something else than `value`. */
  readonly probes: (value: Value | undefined) => readonly string[];
}

const STRING: Kind<string> = {
  expected: "expected some text",
  parse: (text) => text,
  probes: (value = "") => [`${value}-probe`, `${value}-other`],
};

const REQUIRED: Kind<string> = { ...STRING, expected: "it must be set", required: true };

const BOOLEAN: Kind<boolean> = {
  expected: "expected true or false",
  parse: (text) =>
    Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()] : undefined,
  probes: (value) => [true, false].filter((other) => other !== value).map(String),
};

const LIST: Kind<readonly string[]> = {
  expected: "expected words separated by commas",
  parse: (text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  probes: (value = []) => [[...value, "probe"].join(), [...value, "other"].join()],
};

function integerKind({ min, max }: IntegerRange): Kind<number> {
  const low = min ?? Number.MIN_SAFE_INTEGER;
  const high = max ?? Number.MAX_SAFE_INTEGER;
  return {
    expected: `expected a whole number${boundsPhrase({ min, max })}`,
    parse: (text) => {
      const value = /^[+-]?\d+$/u.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) && value >= low && value <= high ? value : undefined;
    },
    probes: (value) =>
      [low, low + 1, high]
        .filter((other) => other !== value && other <= high)
        .slice(0, 2)
        .map(String),
  };
}

function boundsPhrase({ min, max }: IntegerRange): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
