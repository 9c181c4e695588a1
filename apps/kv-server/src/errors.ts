import { DOOR_WORDS, type DoorName } from "./door.ts";

/** Why a listener could not be started, and what each reason carries. */
export interface ServerFailures {
  /** Another program, or another listener of this one, holds the port. */
  readonly SERVER_PORT_IN_USE: DoorAddress;
  /** The operating system does not let this user listen there. */
  readonly SERVER_PORT_FORBIDDEN: DoorAddress;
  /** The host's name or address does not belong to this machine. */
  readonly SERVER_HOST_UNKNOWN: ListenAddress;
  /** Any other reason of the operating system's. */
  readonly SERVER_LISTEN_FAILED: ListenAddress & { readonly reason: string };
}

interface ListenAddress {
  /** `host:port` as a person writes it. */
  readonly address: string;
}

interface DoorAddress extends ListenAddress {
  readonly door: DoorName;
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type ServerErrorCode = keyof ServerFailures;

type MessageTable = {
  readonly [Code in ServerErrorCode]: (details: ServerFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  SERVER_PORT_IN_USE: ({ address, door }) =>
    `Cannot listen on ${address}: the port is in use; stop the program that uses it or set ${anotherPort(door)}; a node takes two, PORT and the next one for RESP, unless RESP_PORT says otherwise`,
  SERVER_PORT_FORBIDDEN: ({ address, door }) =>
    `Cannot listen on ${address}: permission denied; set ${DOOR_WORDS[door].variable} to one above 1023 or give the user the right to this one`,
  SERVER_HOST_UNKNOWN: ({ address }) =>
    `Cannot listen on ${address}: the host is not an address of this machine; set KV_HOST to one that is`,
  SERVER_LISTEN_FAILED: ({ address, reason }) => `Cannot listen on ${address}: ${reason}`,
};

function anotherPort(door: DoorName): string {
  const wayOut = `${DOOR_WORDS[door].variable} to another one (0 picks a free one)`;
  return door === "line" ? wayOut : `${wayOut} or to off`;
}

/** A listener that could not be started. Its message is one line for an operator: the thing, the reason, the way out. */
export class ServerError<Code extends ServerErrorCode = ServerErrorCode> extends Error {
  override readonly name = "ServerError";
  /** Somebody outside the program can mend this: it is shown as its message, without a stack. */
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: ServerFailures[Code];

  constructor(code: Code, details: ServerFailures[Code], options?: ErrorOptions) {
    super(MESSAGES[code](details), options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows `error` to the failure `code`, giving typed `details`. */
export function isServerError<Code extends ServerErrorCode>(
  error: unknown,
  code: Code,
): error is ServerError<Code> {
  return error instanceof ServerError && error.code === code;
}
