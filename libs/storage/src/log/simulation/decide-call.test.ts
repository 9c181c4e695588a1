import assert from "node:assert/strict";
import { test } from "node:test";
import { anyStep, type Step } from "@kv/storage/conformance";
import fc from "fast-check";
import { Model } from "../../../conformance/model.ts";
import { plain } from "../../../conformance/plain.ts";
import type { Condition, Revision } from "../../store.ts";
import { type Call, decideCall } from "./decide-call.ts";
import { hex, isBucketThere, keysIn, type StoreState } from "./store-state.ts";

test("decideCall() says what the model of the conformance suite says, call after call", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80, size: "max" }), (steps) => {
      const model = new Model();
      let state: StoreState = new Map();
      let nowMs = 0;
      let revision = 0;
      for (const step of steps) {
        if (step.type === "wait") model.clockMs += step.ms;
        const call = callOf(model, step);
        if (call === undefined) continue;
        nowMs = Math.max(nowMs, model.clockMs);
        revision += 1;
        assert.ok(isRevision(revision));
        const expected = tellModel(model, call, revision);
        const verdict = decideCall(state, call, { nowMs, revision });
        assert.deepEqual(plain(verdict.outcome), plain(expected));
        state = verdict.state;
        assert.deepEqual(shown(state, nowMs), shownBy(model));
      }
    }),
    { numRuns: 300 },
  );
});

function isRevision(value: number): value is number & Revision {
  return value > 0;
}

function callOf(model: Model, step: Step): Call | undefined {
  const timeOf = (livesMs: number | undefined): number | undefined =>
    livesMs === undefined ? undefined : model.clockMs + livesMs;
  const conditionOf = (
    bucket: Uint8Array,
    key: Uint8Array,
    wish: string,
  ): Condition | undefined => {
    if (wish === "absent") return { type: "absent" };
    const current = model.bucket(bucket)?.keys.get(hex(key))?.revision;
    const revision = wish === "current" ? current : model.staleRevision(bucket);
    return wish === "anything" || revision === undefined
      ? undefined
      : { type: "revision", revision };
  };
  switch (step.type) {
    case "create":
    case "drop":
      return step;
    case "put": {
      const fields = step.fields.map(({ key, value, livesMs, wish }) => {
        const condition = conditionOf(step.bucket, key, wish);
        return { key, value, expiresAtMs: timeOf(livesMs), condition };
      });
      return { type: "put", bucket: step.bucket, fields, createsBucket: step.createsBucket };
    }
    case "delete": {
      const [first] = step.keys;
      const condition = first && conditionOf(step.bucket, first, step.wish);
      return { type: "delete", bucket: step.bucket, keys: step.keys, condition };
    }
    case "expire":
      // Conditions are no part of these calls.
      return {
        type: "expire",
        bucket: step.bucket,
        key: step.key,
        expiresAtMs: timeOf(step.livesMs),
      };
    case "get":
    case "describe":
    case "count":
    case "list-buckets":
    case "list-keys":
    case "wait":
      return undefined;
    default:
      throw new Error("No such step");
  }
}

function tellModel(model: Model, call: Call, revision: Revision): object {
  switch (call.type) {
    case "create":
      return model.create(call.bucket, revision);
    case "drop":
      return model.drop(call.bucket, revision);
    case "put":
      return model.put(call.bucket, call, revision);
    case "delete":
      return model.delete(call.bucket, call, revision);
    case "expire":
      return model.expire(call.bucket, call, revision);
    default:
      throw new Error("No such call");
  }
}

function shown(state: StoreState, nowMs: number): object {
  const buckets = [...state].filter(([, bucket]) => isBucketThere(bucket, nowMs));
  return new Map(
    buckets.map(([name, bucket]) => {
      const keys = keysIn(bucket, nowMs).map(([key, { value, revision, expiresAtMs }]) => {
        return [key, { value, revision, expiresAtMs }] as const;
      });
      const { revision, expiresAtMs, lifetime } = bucket;
      return [name, { keys: new Map(keys), revision, expiresAtMs, lifetime }];
    }),
  );
}

function shownBy(model: Model): object {
  return new Map(
    [...model.buckets()].map(([name, { keys, ...rest }]) => {
      const plainKeys = [...keys].map(([key, about]) => [key, { ...about }] as const);
      return [name, { keys: new Map(plainKeys), ...rest }];
    }),
  );
}
