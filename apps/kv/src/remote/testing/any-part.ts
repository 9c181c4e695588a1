import type { Condition, Cursor, Revision } from "@kv/storage";
import fc from "fast-check";
import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import { type NodeName, parseNodeName } from "@kv/cluster";
import { type Hops, hopLimit, hopsToFormerOwner, hopsWith, NO_HOPS } from "../hops.ts";

/** Options of every `fc.record`: plain objects, as decoders make them. */
export const plain = { noNullPrototype: true } as const;

/** Keys and values: none, a few bytes, and more than a loop copies. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });

/** Times and limits: whole numbers of either sign, those that need more than 32 bits among them. */
export const anyTime: fc.Arbitrary<number | undefined> = fc.option(wholeNumbers(), {
  nil: undefined,
});

/** What is counted. */
export const anyCount: fc.Arbitrary<number> = fc.maxSafeNat();

/** Numbers and texts, the empty one and such as are not ASCII among them. */
export const anyRevision: fc.Arbitrary<Revision> = fc
  .oneof(wholeNumbers(), fc.string({ unit: "binary", maxLength: 12 }))
  .map(brandRevision);

/** What is asked of a key, or nothing. */
export const anyCondition: fc.Arbitrary<Condition | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant<Condition>({ type: "absent" }),
  anyRevision.map((revision): Condition => ({ type: "revision", revision })),
);

/** Any text: only engines know what is a cursor of theirs. */
export const anyCursor: fc.Arbitrary<Cursor | undefined> = fc.option(
  fc.string({ unit: "binary", maxLength: 25 }).map(brandCursor),
  { nil: undefined },
);

/** A length of a page. */
export const anyLimit: fc.Arbitrary<number | undefined> = fc.option(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  { nil: undefined },
);

/** What is said about the routing table: some text. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: "binary",
  minLength: 1,
  maxLength: 40,
});

/** Names of 1 to 255 bytes. */
export const anyBucket: fc.Arbitrary<BucketName> = fc
  .oneof(
    { weight: 5, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 254, maxLength: 255 }) },
  )
  .map(bucketNamed);

/** Complete names of nodes. */
export const anyNode: fc.Arbitrary<NodeName> = fc
  .constantFrom(
    "foo@lab",
    "bar@lab",
    "a@b",
    "n_-0@very.long.host.example:7",
    `x@${"h".repeat(200)}`,
  )
  .map(nodeNamed);

/** No node to as many as there may be. */
export const anyHops: fc.Arbitrary<Hops> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(anyNode, { maxLength: hopLimit })
      .map((nodes) => nodes.reduce(hopsWith, NO_HOPS)),
  },
  { weight: 1, arbitrary: anyNode.map(hopsToFormerOwner) },
);

/** A name for a test; throws for what is none. */
export function nodeNamed(text: string): NodeName {
  const name = parseNodeName(text, "lab");
  if (name === undefined) throw new Error(`no name of a node: ${text}`);
  return name;
}

/** A name for a test, as text or bytes; throws for what is none. */
export function bucketNamed(name: string | Uint8Array): BucketName {
  const bytes = typeof name === "string" ? Uint8Array.from(Buffer.from(name)) : name;
  const bucket = parseBucketName(bytes);
  if (bucket === undefined) throw new Error(`no name of a bucket: ${bytes.length} bytes`);
  return bucket;
}

/** A revision for a test. */
export function brandRevision(revision: number | string): Revision {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one that an engine made
  return revision as Revision;
}

/** A cursor for a test. */
export function brandCursor(cursor: string): Cursor {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one that an engine made
  return cursor as Cursor;
}

/** Without -0, which no bytes give back. */
function wholeNumbers(): fc.Arbitrary<number> {
  return fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })).map((number) => number + 0);
}
