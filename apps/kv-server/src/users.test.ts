import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hashPassword, verifyPassword } from "./password.ts";
import { type ConfiguredUsers, type Credentials, loginLimit, Users } from "./users.ts";

const wanted = () => true;
const alice = await hashPassword("wonderland");
const otherAlice = await hashPassword("wonderland");

function credentials(name: string, password: string): Credentials {
  return { name: Buffer.from(name), password: Buffer.from(password) };
}

const right = credentials("alice", "wonderland");

async function typeOf(users: Users, given: Credentials): Promise<string> {
  return (await users.logIn(given, wanted)).type;
}

/** Users, and how often a password was verified. */
function counted(configured: () => ConfiguredUsers): { users: Users; verified: () => number } {
  let count = 0;
  const users = new Users(configured, {
    verify: (...given) => {
      count++;
      return verifyPassword(...given);
    },
  });
  return { users, verified: () => count };
}

suite("Users.logIn()", () => {
  test("knows right from wrong", async () => {
    const users = new Users(() => ({ alice }));
    const answers = [
      await typeOf(users, right),
      await typeOf(users, credentials("alice", "Wonderland")),
      await typeOf(users, credentials("bob", "wonderland")),
      await typeOf(users, credentials("toString", "wonderland")),
      await typeOf(users, credentials("", "")),
    ];
    assert.deepEqual(answers, ["right", "wrong", "wrong", "wrong", "wrong"]);
  });

  test("copies the bytes it is given", async () => {
    const users = new Users(() => ({ alice }));
    const readBuffer = credentials("alice", "wonderland");
    const first = users.logIn(credentials("alice", "x"), wanted);
    const second = users.logIn(readBuffer, wanted);
    readBuffer.name.fill(0);
    readBuffer.password.fill(0);
    const types = (await Promise.all([first, second])).map(({ type }) => type);
    assert.deepEqual(types, ["wrong", "right"]);
  });

  test("takes one at a time, and passes over those that left while they waited", async () => {
    const users = new Users(() => ({ alice }));
    const order: string[] = [];
    const ask = (who: string) => async (): Promise<void> => {
      const isWanted = (): boolean => {
        order.push(`${who} begins`);
        return who !== "left";
      };
      const { type } = await users.logIn(right, isWanted);
      order.push(`${who}: ${type}`);
    };
    await Promise.all([ask("first")(), ask("left")(), ask("last")()]);
    assert.ok(order.indexOf("first: right") < order.indexOf("left begins"));
    assert.ok(order.includes("left: wrong") && order.includes("last: right"));
  });

  test("spends as much on a name that nobody has", async () => {
    const users = new Users(() => ({ alice }));
    const busyMs = async (name: string): Promise<number> => {
      const start = process.cpuUsage();
      await users.logIn(credentials(name, "guess"), wanted);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    await busyMs("alice");
    const known = await busyMs("alice");
    const unknown = await busyMs("nobody");
    assert.ok(unknown > known / 4, `${unknown} ms of processor time against ${known} ms`);
  });

  test("lets a limited number wait and turns the others away at once", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const users = new Users(() => ({ alice }), { verify: () => promise });
    const guess = (): ReturnType<Users["logIn"]> => users.logIn(credentials("a", "b"), wanted);
    const waitForIt = async (): Promise<string> => (await guess()).type;
    const waiting = Array.from({ length: loginLimit }, waitForIt);
    assert.deepEqual(guess(), { type: "busy" });
    resolve(false);
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["wrong"]));
    assert.equal((await guess()).type, "wrong");
  });

  test("goes on after a verification that failed by a bug", async () => {
    const bug = new TypeError("x is not a function");
    const users = new Users(() => ({ alice }), { verify: () => Promise.reject(bug) });
    for (let n = 0; n <= loginLimit; n++) {
      await assert.rejects(async () => users.logIn(right, wanted), bug);
    }
  });
});

suite("Users remembers", () => {
  test("what was right, so that it costs nothing and waits for nobody", async () => {
    const { users, verified } = counted(() => ({ alice, bob: otherAlice }));
    assert.equal(await typeOf(users, right), "right");
    const waiting = Array.from({ length: loginLimit }, async () =>
      users.logIn(credentials("alice", "x"), () => false),
    );
    const again = users.logIn(right, wanted);
    assert.ok(!(again instanceof Promise));
    assert.equal(again.type, "right");
    await Promise.all(waiting);
    assert.equal(verified(), 1);
  });

  test("nothing that was wrong, nor another's password", async () => {
    const { users, verified } = counted(() => ({ alice, bob: otherAlice, a: alice }));
    await typeOf(users, right);
    for (const [name, password] of [
      ["alice", "x"],
      ["alice", "x"],
      ["bob", "x"],
      ["a", "licewonderland"],
      ["nobody", "wonderland"],
    ] as const) {
      assert.equal(await typeOf(users, credentials(name, password)), "wrong");
    }
    assert.equal(verified(), 6);
  });

  test("nothing of a user who was changed or removed", async () => {
    let configured: ConfiguredUsers = { alice };
    const { users, verified } = counted(() => configured);
    await typeOf(users, right);
    configured = { alice: otherAlice };
    assert.equal(await typeOf(users, right), "right");
    assert.equal(verified(), 2);
    configured = { bob: alice };
    assert.equal(await typeOf(users, right), "wrong");
  });
});

suite("a user who has logged in", () => {
  test("is known until he is changed or removed", async () => {
    let configured: ConfiguredUsers = { alice };
    const users = new Users(() => configured);
    const login = await users.logIn(right, wanted);
    assert.ok(login.type === "right");
    assert.ok(users.knows(login.user));
    configured = { alice, bob: alice };
    assert.ok(users.knows(login.user), "others may come and go");
    configured = { alice: otherAlice };
    assert.ok(!users.knows(login.user));
    configured = {};
    assert.ok(!users.knows(login.user));
    assert.equal(users.isRequired, false);
  });

  test("is not let in when he is removed while the password is verified", async () => {
    let configured: ConfiguredUsers = { alice };
    const users = new Users(() => configured);
    const login = users.logIn(right, wanted);
    configured = { bob: alice };
    assert.equal((await login).type, "wrong");
  });
});
