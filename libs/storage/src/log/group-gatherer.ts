import type { Mutation } from "../state/mutation.ts";
import type { MutationNumber } from "../state/mutation-number.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import { encodeRecord } from "./format/encode-record.ts";
import { GROUP_HEADER_BYTES } from "./format/group-header.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { Group } from "./group.ts";
import type { LogEnd } from "./log-replay.ts";

/** A group that has grown to this takes no further mutation: one write should not last for seconds. */
const GROUP_LIMIT_BYTES = 16 * 2 ** 20;

/** A gibibyte. With the group's own limit it keeps every length of the format in 32 bits. */
const CALL_LIMIT_BYTES = 2 ** 30;

/** A buffer that a large group has blown up beyond this is not kept for the next one. */
const SPARE_LIMIT_BYTES = 2 ** 20;

/** What a {@link GroupGatherer} has to know. */
export interface GroupGathererOptions {
  readonly end: LogEnd;
  readonly segmentLimitBytes: number;
  /** Most that the mutations of one call may come to in the log; a gibibyte by default. */
  readonly callLimitBytes?: number;
  /** The name of a bucket that exists. */
  readonly nameOf: (bucketId: MutationNumber) => Uint8Array;
}

/**
 * Lays mutations out in groups, and decides with the first mutation of a group which segment it goes
 * to: a bucket's name has to be repeated in every segment, so that must be known while encoding.
 */
export class GroupGatherer {
  readonly #options: GroupGathererOptions;
  #sequence: number;
  /** What the segment will hold once everything gathered is in it. */
  #segmentBytes: number;
  /** The buckets whose names stand in that segment, as far as this process knows. */
  readonly #declared = new Set<MutationNumber>();
  #group: Group | undefined;
  #spare: ByteWriter | undefined;

  constructor(options: GroupGathererOptions) {
    this.#options = options;
    this.#sequence = options.end.sequence;
    this.#segmentBytes = options.end.lengthBytes;
  }

  /**
   * Adds `mutations`, all to one group, and returns it. They must not have been applied yet. Throws
   * a `RangeError`, having added none, when they come to more than the limit.
   */
  add(mutations: readonly Mutation[]): Group {
    if (this.#group !== undefined && this.#group.writer.length >= GROUP_LIMIT_BYTES) this.close();
    this.#group ??= this.#start();
    const { writer } = this.#group;
    const start = writer.length;
    for (const mutation of mutations) this.#encode(writer, mutation);
    const bytes = writer.length - start;
    const { callLimitBytes = CALL_LIMIT_BYTES } = this.#options;
    if (bytes > callLimitBytes) {
      writer.setLength(start);
      // Names may have gone with it; one that is repeated needlessly does no harm.
      this.#declared.clear();
      throw new RangeError(`Cannot log ${bytes} bytes at once: ${callLimitBytes} is the most`);
    }
    this.#group.lastRevision = mutations.at(-1)?.revision ?? this.#group.lastRevision;
    return this.#group;
  }

  /** Ends the group that is being gathered, unless it is empty; the next mutation begins a new one. */
  close(): void {
    const bytes = this.#group?.writer.length ?? 0;
    if (bytes <= GROUP_HEADER_BYTES) return;
    this.#segmentBytes += bytes;
    this.#group = undefined;
  }

  /** Takes the buffer of a group back that has been written. */
  recycle(writer: ByteWriter): void {
    if (writer.capacity <= SPARE_LIMIT_BYTES) this.#spare = writer;
  }

  #start(): Group {
    const { segmentLimitBytes } = this.#options;
    const isFull = this.#segmentBytes >= segmentLimitBytes;
    // A segment holds a group at least, however low the limit.
    const startsSegment = isFull && this.#segmentBytes > SEGMENT_HEADER_BYTES;
    if (startsSegment) {
      this.#segmentBytes = SEGMENT_HEADER_BYTES;
      this.#declared.clear();
    }
    const writer = this.#spare ?? new ByteWriter();
    this.#spare = undefined;
    writer.setLength(GROUP_HEADER_BYTES);
    this.#sequence += 1;
    return new Group(this.#sequence, startsSegment, writer);
  }

  #encode(writer: ByteWriter, mutation: Mutation): void {
    const { bucketId } = mutation;
    if (mutation.type !== "create" && !this.#declared.has(bucketId)) {
      const name = this.#options.nameOf(bucketId);
      encodeRecord(writer, { type: "declare", bucketId, revision: bucketId, name });
    }
    encodeRecord(writer, mutation);
    this.#declared.add(bucketId);
  }
}
