/** Something that waits until a commit group is durable. */
export interface GroupMember {
  durable(): void;
  /** The group could not be committed. */
  notDurable(error: unknown): void;
}

/**
 * Who waits for which commit group. However many answers rest on one, its promise is listened to once: a promise for each
 * would cost more than all the rest of an answer.
 */
export class CommitGroups {
  readonly #onBug: (error: unknown) => void;
  readonly #open = new Map<Promise<void>, GroupMember[]>();
  /** The group that was opened last, which nearly all answers rest on, and who waits for it. */
  #latestGroup: Promise<void> | undefined;
  #latestMembers: GroupMember[] = [];

  /** `onBug` is told what a member throws: it must not, and it keeps no other one from being told. */
  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  /** How many groups are waited for. */
  get size(): number {
    return this.#open.size;
  }

  /** Tells `member` when `group` has settled; members are told in the order in which they came. */
  add(group: Promise<void>, member: GroupMember): void {
    if (group !== this.#latestGroup) {
      this.#latestMembers = this.#open.get(group) ?? this.#listen(group);
      this.#latestGroup = group;
    }
    this.#latestMembers.push(member);
  }

  #listen(group: Promise<void>): GroupMember[] {
    const members: GroupMember[] = [];
    this.#open.set(group, members);
    group.then(
      () => this.#settle(group, (member) => member.durable()),
      (error: unknown) => this.#settle(group, (member) => member.notDurable(error)),
    );
    return members;
  }

  #settle(group: Promise<void>, tell: (member: GroupMember) => void): void {
    const members = this.#open.get(group) ?? [];
    this.#open.delete(group);
    if (group === this.#latestGroup) this.#latestGroup = undefined;
    for (const member of members) {
      try {
        tell(member);
      } catch (error) {
        this.#onBug(error);
      }
    }
  }
}
