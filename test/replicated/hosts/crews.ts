/** Crews of writers in a process of their own, which runs on some host: `node crews.ts CREWS`. It is told what to do by messages. */
import { hashOf } from "../../../libs/storage/src/redis-cluster/buckets/bucket-hash.ts";
import { keySlot } from "../../../libs/storage/src/redis-cluster/cluster/topology/key-slot.ts";
import { allGoOn } from "../all-go-on.ts";
import { auditLedgers } from "../audit-ledgers.ts";
import { NodeDoor } from "../node-door.ts";
import { WriterCrew } from "../writer-crew.ts";
import type { CrewAnswer, CrewOrder, PlacedCrew } from "./crew-message.ts";

const [, , text = ""] = process.argv;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what crew-process.ts has written
const placed = JSON.parse(text) as readonly PlacedCrew[];

const crews = placed.map(({ name, buckets, port }) => {
  const door = new NodeDoor(port);
  return { name, door, crew: new WriterCrew({ door, name, buckets }) };
});

process.on("message", (order: CrewOrder) => {
  follow(order).then(answer, fail);
});
process.once("disconnect", () => process.exit(0));
for (const { crew } of crews) await crew.start();
answer({ type: "begun" });

async function follow(order: CrewOrder): Promise<CrewAnswer> {
  if (order.type === "go-on") {
    const wanted = crews.filter(({ name }) => order.names.includes(name));
    const isIt = (bucket: string): boolean =>
      keySlot(hashOf(Buffer.from(bucket))) >= order.fromSlot;
    const progress = (): readonly number[] => wanted.flatMap(({ crew }) => crew.progress(isIt));
    await allGoOn({ progress });
    return { type: "went-on" };
  }
  if (order.type === "stop") {
    return { type: "stopped", ledgers: await Promise.all(crews.map(({ crew }) => crew.stop())) };
  }
  const [first] = crews;
  if (first === undefined) throw new Error("there is no crew");
  return { type: "audited", audit: await auditLedgers(first.door, order.ledgers) };
}

function answer(message: CrewAnswer): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  answer({ type: "failed", reason: error instanceof Error ? (error.stack ?? "") : String(error) });
}
