import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseNode, parseNodes, splitAddress } from "./node-line.ts";

// As redis-server 7.0 wrote it.
const RECORDED = `b29fb0120b6ab2b191661ba435d0410f3213f649 127.0.0.1:7500@17500 myself,master - 0 1795417164000 1 connected 0-5460
07c423d1acedad0a43c637ab4a475131d0bfaddf 127.0.0.1:7501@17501,one.example master,fail - 0 1795417164666 2 connected 5461-10921 10923 [10922->-b29fb0120b6ab2b191661ba435d0410f3213f649]
6c04bc92a4831e5edf57ba64aa0a78ecb98ef39c 127.0.0.1:7505@17505 slave,fail? b29fb0120b6ab2b191661ba435d0410f3213f649 0 1795417164675 1 connected
`;

suite("parseNodes()", () => {
  const [first, second, third] = parseNodes(RECORDED, "10.0.0.9");

  test("reads a primary and its slots", () => {
    assert.deepEqual(first, {
      id: "b29fb0120b6ab2b191661ba435d0410f3213f649",
      address: "127.0.0.1:7500",
      isPrimary: true,
      isMyself: true,
      isFailed: false,
      isSuspected: false,
      primary: undefined,
      configEpoch: 1,
      slots: [{ first: 0, last: 5460 }],
      moving: [],
      importing: [],
    });
  });

  test("tells a slot on its way apart, and leaves out the name of the host", () => {
    assert.equal(second?.address, "127.0.0.1:7501");
    assert.equal(second?.isFailed, true);
    assert.deepEqual(second?.slots, [
      { first: 5461, last: 10_921 },
      { first: 10_923, last: 10_923 },
    ]);
    assert.deepEqual(second?.moving, [10_922]);
  });

  test("reads from whom a slot comes that it takes over", () => {
    const own = `aa h:1@2 myself,master - 0 0 2 connected 5-9 [93-<-${first?.id ?? ""}] [77->-cc]`;
    const { importing, moving } = parseNode(own, "h");
    assert.deepEqual(importing, [{ slot: 93, from: first?.id }]);
    assert.deepEqual(moving, [93, 77]);
  });

  test("tells a suspicion from a failure", () => {
    assert.equal(third?.isFailed, false);
    assert.equal(third?.isSuspected, true);
    assert.equal(third?.primary, first?.id);
  });

  test("puts the host that was asked where a node does not know its own", () => {
    assert.equal(
      parseNode("aa :7000@17000 myself,master - 0 0 0 connected", "10.0.0.9").address,
      "10.0.0.9:7000",
    );
  });
});

suite("splitAddress()", () => {
  test("keeps an IPv6 address whole", () => {
    assert.deepEqual(splitAddress("fd00::2:7000"), { host: "fd00::2", port: 7000 });
    assert.deepEqual(splitAddress("[fd00::2]:7000"), { host: "fd00::2", port: 7000 });
  });
});
