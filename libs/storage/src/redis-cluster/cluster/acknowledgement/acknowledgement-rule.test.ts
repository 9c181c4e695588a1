import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseNodes } from "../topology/node-line.ts";
import { type Evidence, judge, obstacle } from "./acknowledgement-rule.ts";
import { parseReplication } from "./replication-report.ts";

const PRIMARY = "b29fb0120b6ab2b191661ba435d0410f3213f649";
const HISTORY = "7c0180f0648cb6a6a0f6cff10f8860dd7bd89588";

/** As redis-server 7.0 writes it. */
function report(offset: number, ...replicas: readonly string[]): string {
  return [
    "# Replication",
    "role:master",
    `connected_slaves:${replicas.length}`,
    ...replicas.map((text, index) => `slave${index}:${text},lag=0`),
    "master_failover_state:no-failover",
    `master_replid:${HISTORY}`,
    "master_replid2:0000000000000000000000000000000000000000",
    `master_repl_offset:${offset}`,
    "second_repl_offset:-1",
    "",
  ].join("\r\n");
}

const at = (port: number, offset: number, state = "online"): string =>
  `ip=127.0.0.1,port=${port},state=${state},offset=${offset}`;

function copies(...flags: readonly (readonly [port: number, flags: string])[]): string {
  return flags
    .map(
      ([port, words], index) =>
        `${String(index).repeat(40)} 127.0.0.1:${port}@1${port} ${words} ${PRIMARY} 0 1795417164669 1 connected`,
    )
    .join("\n");
}

function evidence(written: string, confirmed: string, replicas: string): Evidence {
  return {
    history: HISTORY,
    written: parseReplication(written),
    confirmed: parseReplication(confirmed),
    replicas: parseNodes(replicas, "127.0.0.1"),
  };
}

const both = copies([7505, "slave"], [7506, "slave"]);

suite("judge()", () => {
  test("keeps what every live replica has", () => {
    const said = evidence(report(700), report(737, at(7505, 700), at(7506, 737)), both);
    assert.deepEqual(judge("live", said), { type: "kept" });
  });

  test("asks again while one of them is a byte behind", () => {
    const said = evidence(report(700), report(737, at(7505, 699), at(7506, 737)), both);
    assert.deepEqual(judge("live", said), {
      type: "not-yet",
      reason: "not confirmed by 127.0.0.1:7505",
    });
    assert.deepEqual(judge("one", said), { type: "kept" });
  });

  test("history: the primary and one replica are cut off together; that replica meets a count of one, but the other is who gets elected", () => {
    const cutOff = evidence(
      report(700, at(7505, 650), at(7506, 650)),
      report(700, at(7505, 700), at(7506, 650)),
      copies([7505, "slave"], [7506, "slave,fail?"]),
    );
    assert.equal(judge("live", cutOff).type, "not-yet");
  });

  test("history: the cut-off replica's connection has ended, so that all who are connected have confirmed", () => {
    const cutOff = evidence(
      report(700, at(7505, 700)),
      report(700, at(7505, 700)),
      copies([7505, "slave"], [7506, "slave,fail?"]),
    );
    assert.equal(judge("live", cutOff).type, "not-yet");
  });

  test("history: the count is met by a server that is no replica of the cluster", () => {
    const wrong = evidence(report(700), report(700, at(6379, 700), at(7505, 700)), both);
    assert.equal(judge("live", wrong).type, "not-yet");
    const onlyWrong = evidence(report(700), report(700, at(6379, 700)), both);
    assert.equal(judge("one", onlyWrong).type, "not-yet");
  });

  test("goes on without a replica that the majority flagged", () => {
    const said = evidence(
      report(700),
      report(700, at(7505, 700)),
      copies([7505, "slave"], [7506, "slave,fail"]),
    );
    assert.deepEqual(judge("live", said), { type: "kept" });
  });

  test("keeps nothing where no replica is live", () => {
    const said = evidence(report(700), report(700), copies([7505, "slave,fail"]));
    assert.equal(judge("live", said).type, "not-yet");
    assert.equal(judge("one", said).type, "not-yet");
    assert.equal(judge("primary", said).type, "kept");
  });

  test("does not count one that is still being given its first copy", () => {
    const said = evidence(
      report(700),
      report(700, at(7505, 700), at(7506, 700, "wait_bgsave")),
      both,
    );
    assert.equal(judge("live", said).type, "not-yet");
  });

  test("believes nothing once the primary was demoted, or came back with another history", () => {
    const good = report(700, at(7505, 700), at(7506, 700));
    const demoted = good.replace("role:master", "role:slave");
    const returned = good.replace(HISTORY, "f".repeat(40));
    assert.equal(judge("live", evidence(good, demoted, both)).type, "lost-track");
    assert.equal(judge("live", evidence(good, returned, both)).type, "lost-track");
    assert.equal(judge("live", evidence(returned, returned, both)).type, "lost-track");
  });
});

suite("obstacle()", () => {
  const lines = parseNodes(both, "127.0.0.1");
  const online = parseReplication(report(5, at(7505, 0), at(7506, 0)));
  const halfway = parseReplication(report(5, at(7505, 0), at(7506, 0, "send_bulk")));

  test("is none where every live replica follows, however far behind", () => {
    assert.equal(obstacle("live", online, lines), undefined);
  });

  test("is a replica that does not follow yet", () => {
    assert.match(obstacle("live", halfway, lines) ?? "", /7506 does not follow/u);
    assert.equal(obstacle("one", halfway, lines), undefined);
  });

  test("is that there is no live replica", () => {
    assert.match(obstacle("one", online, []) ?? "", /no live replica/u);
    assert.equal(obstacle("primary", online, []), undefined);
  });
});
