import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { audit, auditListings, type Flaw } from "./audit.ts";
import type { Entry, Listing } from "./journal.ts";

const LOST = "ERROR the connection to bar@there was lost; the write may have been applied";
const REFUSED = "ERROR no connection to bar@there";

type Said = Partial<Entry> & Pick<Entry, "from" | "to">;

const put = (value: string, said: Said): Entry => ({ ...put0, value, ...said });
const get = (value: string | undefined, said: Said): Entry => ({
  ...put0,
  kind: "get",
  ...(value === undefined ? {} : { value }),
  ...said,
});
const remove = (said: Said): Entry => ({ ...put0, kind: "delete", ...said });
const put0 = { kind: "put", front: "foo", bucket: "b", key: "k", reply: "OK" } as const;

const options = { ownerOf: () => "bar", buckets: ["apples", "bananas"], isExcused: () => true };

const histories: readonly [
  what: string,
  entries: readonly Entry[],
  flaws: readonly Flaw["type"][],
][] = [
  ["nothing was written", [get(undefined, { from: 1, to: 2 })], []],
  ["a write is read", [put("v1", { from: 1, to: 2 }), get("v1", { from: 3, to: 4 })], []],
  [
    "an acknowledged write is not there",
    [put("v1", { from: 1, to: 2 }), get(undefined, { from: 3, to: 4 })],
    ["lost"],
  ],
  [
    "a read beside a write sees it, or not",
    [
      put("v1", { from: 1, to: 5 }),
      get(undefined, { from: 2, to: 3 }),
      get("v1", { from: 2, to: 4 }),
    ],
    [],
  ],
  [
    "a read sees it, and a later one does not",
    [
      put("v1", { from: 1, to: 9 }),
      get("v1", { from: 2, to: 3 }),
      get(undefined, { from: 4, to: 5 }),
    ],
    ["lost"],
  ],
  [
    "an older write is read",
    [put("v1", { from: 1, to: 2 }), put("v2", { from: 3, to: 4 }), get("v1", { from: 5, to: 6 })],
    ["reverted"],
  ],
  [
    "what nobody wrote is read",
    [put("v1", { from: 1, to: 2 }), get("v7", { from: 3, to: 4 })],
    ["invented"],
  ],
  [
    "what is written later is read",
    [get("v1", { from: 1, to: 2 }), put("v1", { from: 3, to: 4 })],
    ["early"],
  ],
  [
    "a refused write is not there",
    [put("v1", { from: 1, to: 2, reply: REFUSED }), get(undefined, { from: 3, to: 4 })],
    [],
  ],
  [
    "a refused write is there",
    [put("v1", { from: 1, to: 2, reply: REFUSED }), get("v1", { from: 3, to: 4 })],
    ["refused"],
  ],
  [
    "an unknown write is not there",
    [put("v1", { from: 1, to: 2, reply: LOST }), get(undefined, { from: 3, to: 4 })],
    [],
  ],
  [
    "an unknown write comes late",
    [
      put("v1", { from: 1, to: 2, reply: LOST }),
      get(undefined, { from: 3, to: 4 }),
      get("v1", { from: 5, to: 6 }),
    ],
    [],
  ],
  [
    "an unknown write comes, and goes",
    [
      put("v1", { from: 1, to: 2, reply: LOST }),
      get("v1", { from: 3, to: 4 }),
      get(undefined, { from: 5, to: 6 }),
    ],
    ["lost"],
  ],
  [
    "an unknown write comes after an acknowledged one",
    [
      put("v1", { from: 1, to: 2, reply: LOST }),
      put("v2", { from: 3, to: 4 }),
      get("v1", { from: 5, to: 6 }),
    ],
    ["reverted"],
  ],
  [
    "an unknown write is there instead of an earlier one",
    [
      put("v1", { from: 1, to: 2 }),
      put("v2", { from: 3, to: 4, reply: LOST }),
      get("v2", { from: 5, to: 6 }),
    ],
    [],
  ],
  [
    "a deleted value is gone",
    [put("v1", { from: 1, to: 2 }), remove({ from: 3, to: 4 }), get(undefined, { from: 5, to: 6 })],
    [],
  ],
  [
    "a deleted value is back",
    [put("v1", { from: 1, to: 2 }), remove({ from: 3, to: 4 }), get("v1", { from: 5, to: 6 })],
    ["reverted"],
  ],
  [
    "a refused delete has deleted",
    [
      put("v1", { from: 1, to: 2 }),
      remove({ from: 3, to: 4, reply: REFUSED }),
      get(undefined, { from: 5, to: 6 }),
    ],
    ["lost"],
  ],
  [
    "a pipeline reads what it wrote",
    [put("v1", { from: 1, to: 2 }), get("v1", { from: 1, to: 3, behind: 1 })],
    [],
  ],
  [
    "a pipeline does not read what it wrote",
    [put("v1", { from: 1, to: 2 }), get(undefined, { from: 1, to: 3, behind: 1 })],
    ["lost"],
  ],
  [
    "a pipeline reads what it writes later",
    [get("v1", { from: 1, to: 3, behind: 0 }), put("v1", { from: 1, to: 4 })],
    ["early"],
  ],
  ["a bucket is gone", [get(undefined, { from: 1, to: 2, reply: "NOT FOUND" })], ["wrong-reply"]],
  [
    "a read that may have been applied",
    [get(undefined, { from: 1, to: 2, reply: LOST })],
    ["wrong-reply"],
  ],
  [
    "a node is blamed that has nothing to do with it",
    [get(undefined, { from: 1, to: 2, reply: "ERROR no connection to baz@x" })],
    ["wrong-reply"],
  ],
  [
    "an error without a name",
    [put("v1", { from: 1, to: 2, reply: "ERROR internal error" })],
    ["wrong-reply"],
  ],
];

suite("audit()", () => {
  for (const [what, entries, flaws] of histories) {
    test(`finds ${flaws.length === 0 ? "nothing wrong" : flaws.join(", ")} where ${what}`, () => {
      assert.deepEqual(
        audit(entries, options).flaws.map(({ type }) => type),
        flaws,
      );
    });
  }

  test("tells cells from each other", () => {
    const entries = [
      put("v1", { from: 1, to: 2 }),
      put("v2", { from: 1, to: 2, key: "other" }),
      get("v1", { from: 3, to: 4, key: "other" }),
      get("v1", { from: 3, to: 4, bucket: "other" }),
    ];
    assert.deepEqual(
      audit(entries, options).flaws.map(({ type }) => type),
      ["invented", "invented"],
    );
  });

  test("does not let an error pass when nothing was in the way", () => {
    const entry = put("v1", { from: 1, to: 2, reply: REFUSED });
    const [flaw] = audit([entry], { ...options, isExcused: () => false }).flaws;
    assert.equal(flaw?.type, "disturbed");
  });

  test("counts what became of the requests", () => {
    const report = audit(
      [
        put("v1", { from: 1, to: 2 }),
        put("v2", { from: 3, to: 4, reply: LOST }),
        put("v3", { from: 3, to: 4, reply: REFUSED }),
        get("v1", { from: 5, to: 6 }),
        get(undefined, { from: 5, to: 6, reply: REFUSED }),
      ],
      options,
    );
    assert.deepEqual(report, {
      flaws: [],
      outcomes: { acknowledged: 1, unknown: 1, refused: 1 },
      reads: 1,
    });
  });
});

const listings: readonly [reply: Listing["reply"], flaw: Flaw["type"] | undefined][] = [
  [["apples", "bananas"], undefined],
  [["apples"], "short-list"],
  [[], "short-list"],
  [["apples", "bananas", "cherries"], "short-list"],
  ["-ERR no connection to bar@there", undefined],
  ["-ERR internal error", "wrong-reply"],
];

suite("auditListings()", () => {
  for (const [reply, flaw] of listings) {
    test(`finds ${flaw ?? "nothing wrong"} where the reply is ${String(reply)}`, () => {
      const listing: Listing = { kind: "listing", front: "foo", from: 1, to: 2, reply };
      const [found] = auditListings([listing], options);
      assert.equal(found?.type, flaw);
    });
  }

  test("asks whether the one that is blamed had a reason", () => {
    const reply = "-ERR no connection to bar@there";
    const listing: Listing = { kind: "listing", front: "foo", from: 1, to: 2, reply };
    const [found] = auditListings([listing], {
      ...options,
      isExcused: (_, owner) => owner !== "bar",
    });
    assert.equal(found?.type, "disturbed");
  });
});
