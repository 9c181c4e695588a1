/** Where a node listens. */
export type Place =
  | { readonly type: "unix"; readonly path: string }
  | { readonly type: "tcp"; readonly host: string; readonly port: number };

/** A place as a person reads it: a path, or `host:port`. */
export function placeText(place: Place): string {
  if (place.type === "unix") return place.path;
  const { host, port } = place;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How a stream came to its end. */
export interface StreamEnd {
  /** As the system puts it: `connection refused`. */
  readonly reason: string;
  /** Whether the system knows that nobody listens there: trying again costs next to nothing. */
  readonly isAbsent: boolean;
}

/** Whoever uses a stream. */
export interface StreamListener {
  /** The next bytes; they may be overwritten as soon as this returns. */
  received(bytes: Uint8Array): void;
  /** All that was written is with the system. Comes after a `write` that returned false. */
  drained(): void;
  /** It is over, whoever ended it. Comes once, last, and never within a call of one of the stream's methods. */
  closed(end: StreamEnd): void;
}

/** Whoever has dialled a stream. */
export interface DialledListener extends StreamListener {
  /**
   * What the other end has shown of itself is not good here; `fault` is what is to be said of it. It may be told so, and the
   * stream is to be ended. Nothing of it is handed out.
   */
  distrusted(fault: string): void;
}

/** Bytes in order, in both directions, for as long as it lasts. */
export interface Stream {
  /** Who hears of it from now on. To be set in the turn in which the stream was handed over. */
  listener: StreamListener;
  /** The other end, for people. */
  readonly peer: string;
  /**
   * Sends bytes, also before a dialled stream is open. True: the system has them, and their memory is the caller's again.
   * False: the memory is the stream's, and `drained` comes once the system has all.
   */
  write(bytes: Uint8Array): boolean;
  /** Hands out no more input until {@link Stream.resume}. */
  pause(): void;
  resume(): void;
  /** Ends it once what was written has gone out, or in a second. Input is not handed out any more. */
  end(): void;
  /** Ends it at once. Input is not handed out any more. */
  destroy(): void;
}

/** A place that streams come in at. Disposing it accepts no more; streams that came in go on. */
export interface Listening extends AsyncDisposable {
  readonly place: Place;
}

/** What a place tells of itself while it listens. */
export interface Acceptor {
  accepted(stream: Stream): void;
  /** One has come in whose other end is not trusted; see {@link DialledListener.distrusted}. */
  distrusted(stream: Stream, fault: string): void;
  /** One stream, or some, could not be accepted; `peer` is who it was from, for people, where that is known. */
  failed(reason: string, peer?: string): void;
}

/** The way from node to node. A simulation brings its own. */
export interface Network {
  /** Throws `CLUSTER_IN_USE` and `CLUSTER_PLACE`. */
  listen(place: Place, acceptor: Acceptor): Promise<Listening>;
  /** Never throws: what fails ends the stream. */
  dial(place: Place, listener: DialledListener): Stream;
}
