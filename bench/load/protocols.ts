import type { Operation } from "../data/traffic.ts";
import { lineGrammar } from "./line-grammar.ts";
import { LineReplyCounter } from "./line-reply-counter.ts";
import type { ReplyCounter } from "./reply-counter.ts";
import type { RequestGrammar } from "./request-grammar.ts";
import { respGrammar } from "./resp-grammar.ts";
import { RespReplyCounter } from "./resp-reply-counter.ts";

/** Who a connection logs in as. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/** A request to log in, and the bytes that it is answered with when it succeeds. */
export interface LoginExchange {
  readonly request: string;
  readonly answer: string;
}

/** How the load generator speaks with a server. */
export interface Protocol {
  readonly grammar: RequestGrammar;
  readonly countReplies: (operation: Operation) => ReplyCounter;
  readonly logIn: (login: Login) => LoginExchange;
}

/** What the load generator speaks: the line protocol, and Redis' RESP2. */
export const protocols = {
  line: {
    grammar: lineGrammar,
    countReplies: () => new LineReplyCounter(),
    logIn: ({ name, password }) => ({
      request: `AUTH ${name} ${password}\r\n`,
      answer: "OK\r\n",
    }),
  },
  resp: {
    grammar: respGrammar,
    countReplies: (operation) => new RespReplyCounter(operation),
    logIn: ({ name, password }) => ({
      request: `*3\r\n${["AUTH", name, password].map(bulk).join("")}`,
      answer: "+OK\r\n",
    }),
  },
} as const satisfies Readonly<Record<string, Protocol>>;

/** Which of them. */
export type ProtocolName = keyof typeof protocols;

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
