import assert from "node:assert/strict";
import { matchState, unite } from "./match-state.ts";
import type { Observed } from "./observe-store.ts";
import { haunt, type StoreState } from "./store-state.ts";

/** The state after a mutation. */
interface Moment {
  readonly state: StoreState;
  readonly revision: number;
  /** Groups are told apart by the promise that all of their answers share. */
  readonly group: object | undefined;
}

/** The range of moments, both included, in which a state is looked for, and the time by the store's clock. */
export interface Search {
  readonly from: number;
  readonly to: number;
  readonly nowMs: number;
}

/**
 * What happened to one store over all its lives: the state after every mutation, in the order of the
 * calls, and how far nothing may be taken back any more. A crash cuts it to one of these moments; which
 * one is found out by looking.
 */
export class Timeline {
  /** The latest that the store's clock has shown. */
  latestMs = 0;
  #moments: Moment[] = [{ state: new Map(), revision: 0, group: undefined }];
  /** What the store was opened to. */
  #base = 0;
  /** The latest that any life's clock has shown. */
  #everMs = 0;
  /** The moment to which a kill may take the store back, and a power cut. */
  #killFloor = 0;
  #powerFloor = 0;
  /** The first moment that is surely not in the log. */
  #refused = Number.POSITIVE_INFINITY;
  /** Whether what was shown last was synced before. */
  #isSynced = false;
  #shownRevision = 0;
  #latestRevision = 0;

  /** The number of the latest moment; the state before the first mutation is number 0. */
  get latest(): number {
    return this.#moments.length - 1;
  }

  get state(): StoreState {
    return this.#at(this.latest).state;
  }

  get killFloor(): number {
    return this.#killFloor;
  }

  stateAt(moment: number): StoreState {
    return this.#at(moment).state;
  }

  /** The latest moment that no mutation above `revision` has led to. */
  lastBefore(revision: number): number {
    return this.#moments.findLastIndex((moment) => moment.revision <= revision);
  }

  /** A mutation was called. Its revision must be higher than any that somebody was told of. */
  push(state: StoreState, revision: number, group: object | undefined): number {
    assert.ok(revision > this.#shownRevision, `revision ${revision} was shown for something else`);
    assert.ok(revision > this.#latestRevision, `revision ${revision} does not grow`);
    this.#latestRevision = revision;
    this.#moments.push({ state, revision, group });
    return this.latest;
  }

  /** Somebody was told what rests on `moment`. `isSynced`: so that a power cut must not take it back. */
  show(moment: number, isSynced: boolean): void {
    assert.ok(moment < this.#refused, "what rests on a refused write is shown");
    this.#killFloor = Math.max(this.#killFloor, moment);
    this.#shownRevision = Math.max(this.#shownRevision, this.#at(this.#killFloor).revision);
    this.#isSynced = isSynced;
    if (isSynced) this.sync(moment);
  }

  /** Everything up to `moment` is on the disk. */
  sync(moment: number): void {
    this.#powerFloor = Math.max(this.#powerFloor, moment);
  }

  /** The mutation that led to `moment` was surely not written, and so none behind it. */
  refuse(moment: number): void {
    assert.ok(moment > this.#killFloor, "a write is refused that somebody was told of");
    this.#refused = Math.min(this.#refused, moment);
  }

  /** The power went, not only a process. */
  cutPower(): void {
    this.#killFloor = Math.min(this.#killFloor, this.#powerFloor);
  }

  /**
   * The first moment from which on `read` has told the same until now: the mutation that a crash must
   * not take back for what was read to stay true.
   */
  since(read: (state: StoreState) => unknown): number {
    const told = read(this.state);
    let moment = this.latest;
    while (moment > this.#base && isSame(told, read(this.#at(moment - 1).state))) moment -= 1;
    return moment;
  }

  /** The latest moment that may have reached the disk. */
  get latestPossible(): number {
    return Math.min(this.latest, this.#refused - 1);
  }

  /**
   * The moment before the last group that somebody was told of, when each group was synced before the
   * next one: that one vouches for all before it. 0 when this life has no such group, or was not synced.
   */
  get provenFloor(): number {
    const { group } = this.#at(this.#powerFloor);
    const isOfGroup = (moment: number): boolean => this.#at(moment).group === group;
    let moment = this.#powerFloor;
    while (moment > this.#base && isOfGroup(moment)) moment -= 1;
    const isVouchedFor = group !== undefined && moment > this.#base && this.#isSynced;
    return isVouchedFor ? moment : 0;
  }

  /** The latest of the moments searched that shows what was observed; `undefined` when none does. */
  find(observed: Observed, { from, to, nowMs }: Search): number | undefined {
    const latestMs = from < this.#base ? Math.max(this.latestMs, this.#everMs) : this.latestMs;
    for (let moment = to; moment >= from; moment--) {
      const state = haunt(this.#at(moment).state, latestMs);
      if (matchState(state, observed, nowMs) !== undefined) return moment;
    }
    return undefined;
  }

  /**
   * A store was opened and shows `observed`: finds the moment it was taken back to, from `floor` on
   * (by default as far as a crash may), and forgets what turned out never to have been.
   */
  recognise(observed: Observed, nowMs: number, floor = this.#killFloor): void {
    const to = this.latestPossible;
    const found = this.find(observed, { from: floor, to, nowMs });
    if (found === undefined) {
      const elsewhere = this.find(observed, { from: 0, to: this.latest, nowMs });
      const where = elsewhere === undefined ? "none ever" : `that of moment ${elsewhere}`;
      assert.fail(`the state is none of the moments ${floor} to ${to}, but ${where}`);
    }
    const matches: StoreState[] = [];
    let oldest = found;
    for (let moment = found; moment >= floor; moment--) {
      const state = haunt(this.#at(moment).state, this.latestMs);
      const match = matchState(state, observed, nowMs);
      if (match === undefined) continue;
      matches.push(match);
      oldest = moment;
    }
    const [newest = this.state, ...others] = matches;
    const { revision, group } = this.#at(oldest);
    const base = { state: unite(newest, others, nowMs), revision, group };
    this.#moments = [...this.#moments.slice(0, found), base];
    this.#base = found;
    this.#refused = Number.POSITIVE_INFINITY;
    this.#shownRevision = Math.max(this.#shownRevision, this.#at(found).revision);
    this.#latestRevision = this.#shownRevision;
    this.#everMs = Math.max(this.#everMs, this.latestMs);
    this.latestMs = nowMs;
  }

  #at(number: number): Moment {
    const moment = this.#moments[number];
    if (moment === undefined) throw new RangeError(`There is no moment ${number}`);
    return moment;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
