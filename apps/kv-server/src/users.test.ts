import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "./password.ts";
import { type ConfiguredUsers, type Credentials, Users } from "./users.ts";

const wanted = () => true;
const alice = await hashPassword("wonderland");

function credentials(name: string, password: string): Credentials {
  return { name: Buffer.from(name), password: Buffer.from(password) };
}

test("Users.verify() knows right from wrong", async () => {
  const users = new Users(() => ({ alice }));
  const answers = [
    await users.verify(credentials("alice", "wonderland"), wanted),
    await users.verify(credentials("alice", "Wonderland"), wanted),
    await users.verify(credentials("bob", "wonderland"), wanted),
    await users.verify(credentials("toString", "wonderland"), wanted),
    await users.verify(credentials("", ""), wanted),
  ];
  assert.deepEqual(answers, [true, false, false, false, false]);
});

test("Users reads what is configured when it is asked", async () => {
  let configured: ConfiguredUsers = {};
  const users = new Users(() => configured);
  assert.equal(users.isRequired, false);
  assert.equal(await users.verify(credentials("alice", "wonderland"), wanted), false);
  configured = { alice };
  assert.equal(users.isRequired, true);
  assert.equal(await users.verify(credentials("alice", "wonderland"), wanted), true);
  configured = {};
  assert.equal(users.isRequired, false);
});

test("Users.verify() copies the bytes it is given", async () => {
  const users = new Users(() => ({ alice }));
  const readBuffer = credentials("alice", "wonderland");
  const first = users.verify(credentials("alice", "x"), wanted);
  const second = users.verify(readBuffer, wanted);
  readBuffer.name.fill(0);
  readBuffer.password.fill(0);
  assert.deepEqual(await Promise.all([first, second]), [false, true]);
});

test("Users.verify() takes one at a time, and passes over those that left while they waited", async () => {
  const users = new Users(() => ({ alice }));
  const order: string[] = [];
  const ask = (who: string) => async (): Promise<void> => {
    const isWanted = (): boolean => {
      order.push(`${who} begins`);
      return who !== "left";
    };
    const isRight = await users.verify(credentials("alice", "wonderland"), isWanted);
    order.push(`${who}: ${isRight}`);
  };
  await Promise.all([ask("first")(), ask("left")(), ask("last")()]);
  assert.ok(order.indexOf("first: true") < order.indexOf("left begins"));
  assert.ok(order.includes("left: false") && order.includes("last: true"));
});

test("Users.verify() spends as much on a name that nobody has", async () => {
  const users = new Users(() => ({ alice }));
  const busyMs = async (name: string): Promise<number> => {
    const start = process.cpuUsage();
    await users.verify(credentials(name, "guess"), wanted);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  await busyMs("alice");
  const known = await busyMs("alice");
  const unknown = await busyMs("nobody");
  assert.ok(unknown > known / 4, `${unknown} ms of processor time against ${known} ms`);
});
