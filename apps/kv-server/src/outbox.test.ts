import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type Sender } from "./outbox.ts";
import { OutputBuffer, type OutputPart } from "./output-buffer.ts";

/** Notes what is sent, by whom; one that keeps its bytes says that its memory must not be used again. */
class Recorder implements Sender {
  readonly sent: string[] = [];
  readonly views: Uint8Array[] = [];
  readonly #name: string;
  readonly #parts: { readonly output: OutputBuffer; readonly outbox: Outbox };
  keeps = false;

  constructor(name: string, parts: { readonly output: OutputBuffer; readonly outbox: Outbox }) {
    this.#name = name;
    this.#parts = parts;
  }

  put(text: string): void {
    const { output, outbox } = this.#parts;
    output.append(Buffer.from(text));
    outbox.post(this);
  }

  send(part: OutputPart): boolean {
    const view = this.#parts.output.view(part);
    this.views.push(view);
    this.sent.push(Buffer.from(view).toString());
    return !this.keeps;
  }

  proceed(): void {
    this.put(`${this.#name} went on`);
  }
}

function open(): { output: OutputBuffer; outbox: Outbox; one: Recorder; other: Recorder } {
  const output = new OutputBuffer();
  const outbox = new Outbox(output);
  const parts = { output, outbox };
  return { ...parts, one: new Recorder("one", parts), other: new Recorder("other", parts) };
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("Outbox sends each its own, in order and together, at the end of the turn", async () => {
  const { output, one, other } = open();
  one.put("a");
  other.put("b");
  one.put("c");
  await Promise.resolve();
  assert.deepEqual([one.sent, other.sent], [[], []]);
  await endOfTurn();
  assert.deepEqual([one.sent, other.sent], [["a", "c"], ["b"]]);
  assert.equal(output.heldBytes, 0);
});

test("Outbox does not hold much back", () => {
  const { one, other } = open();
  one.put("a");
  other.put("b".repeat(64 * 1024));
  assert.deepEqual([one.sent.length, other.sent.length], [1, 1]);
});

test("Outbox leaves the memory to whoever still holds a view of it", async () => {
  const { one, other } = open();
  one.keeps = true;
  one.put("first");
  other.put("second");
  await endOfTurn();
  one.put("third");
  await endOfTurn();
  assert.deepEqual(
    one.views.map((view) => Buffer.from(view).toString()),
    ["first", "third"],
  );
});

test("Outbox has all that were woken go on together, in the same turn", async () => {
  const { outbox, one, other } = open();
  one.put("a");
  outbox.wake(other);
  outbox.wake(one);
  assert.deepEqual(one.sent, []);
  await Promise.resolve();
  assert.deepEqual([one.sent, other.sent], [["a", "one went on"], ["other went on"]]);
});

test("what was put into the output last can be taken back, and nothing else", async () => {
  const { output, one } = open();
  one.put("a");
  output.append(Buffer.from("b"));
  assert.equal(output.length, 1);
  output.drop();
  one.put("c");
  await endOfTurn();
  assert.deepEqual(one.sent, ["a", "c"]);
});

test("a part that is being put together outlives a flush, and so does what is held beside it", () => {
  const { output, outbox, one, other } = open();
  one.keeps = true;
  one.put("first");
  output.append(Buffer.from("half"));
  outbox.flush();
  output.append(Buffer.from(" done"));
  outbox.post(other);
  outbox.flush();
  one.put("third");
  outbox.flush();
  assert.deepEqual([one.sent, other.sent], [["first", "third"], ["half done"]]);
  assert.equal(Buffer.from(one.views[0] ?? []).toString(), "first");
});
