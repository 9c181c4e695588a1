import type { CommandRow } from "../../command-row.ts";
import { badBucket } from "./argument-error.ts";
import { EMPTY_PAGE, ENTRIES_PAGE, KEYS, NAMES_PAGE } from "./list-forms.ts";
import { patternAt, scanWords } from "./scan-options.ts";

/** Commands that list, in parts or as a whole. */
export const scans = [
  {
    name: "SCAN",
    arity: -2,
    flags: ["readonly"],
    keys: [0, 0, 0],
    group: "generic",
    since: "2.8.0",
    summary: "A part of the buckets, and where the next part begins.",
    request: (words, { version }) => {
      const parsed = scanWords(words, 1, true);
      if (parsed.type === "wrong") return parsed.request;
      if (!parsed.hashes) return { type: "local", isOpen: false, form: EMPTY_PAGE[version] };
      return { ...parsed.scan, type: "scan-buckets", form: NAMES_PAGE[version] };
    },
  },
  {
    name: "KEYS",
    arity: 2,
    flags: ["readonly"],
    categories: ["dangerous"],
    keys: [0, 0, 0],
    group: "generic",
    since: "1.0.0",
    summary: "The names of all buckets that match a pattern.",
    request: (words, { version }) => {
      const parsed = patternAt(words, 1);
      if ("request" in parsed) return parsed.request;
      return { type: "list-buckets", pattern: parsed.pattern, form: KEYS[version] };
    },
  },
  {
    name: "HSCAN",
    arity: -3,
    flags: ["readonly"],
    keys: [1, 1, 1],
    group: "hash",
    since: "2.8.0",
    summary: "A part of the keys and values of a bucket, and where the next part begins.",
    request: (words, { version }) => {
      const bucket = words.bucket(1);
      if (bucket === undefined) return badBucket(words, 1);
      const parsed = scanWords(words, 2, false);
      if (parsed.type === "wrong") return parsed.request;
      return { ...parsed.scan, type: "scan-keys", bucket, form: ENTRIES_PAGE[version] };
    },
  },
] as const satisfies readonly CommandRow[];
