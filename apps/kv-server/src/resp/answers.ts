import type { OutputBuffer } from "../output-buffer.ts";
import type { LocalRequest, ReplyForm, Request } from "../request.ts";
import { encodeRespReply } from "./reply-encoder.ts";
import { appendError } from "./writer.ts";

/** Puts what a command that the protocol answers by itself has to say into bytes. */
export type Answer = (output: OutputBuffer) => void;

/** A request that the protocol answers by itself. */
export type AnswerRequest = LocalRequest & { readonly form: ReplyForm };

/** A request that is answered by `answer` once its client has logged in, where that has to be. */
export function answerWith(answer: Answer, perform?: () => void): AnswerRequest {
  return { type: "local", isOpen: false, form: formOf(answer), ...(perform && { perform }) };
}

/**
 * The same of an answer that takes more than a line, about `replyBytes`: as long as it cannot go out, so much counts for
 * the limit of what waits.
 */
export function answerAtLength(replyBytes: number, answer: Answer): AnswerRequest {
  return { ...answerWith(answer), replyBytes };
}

/** The same, answered before a log-in too. */
export function answerAnybody(answer: Answer, perform?: () => void): AnswerRequest {
  return { ...answerWith(answer, perform), isOpen: true };
}

/** A command that cannot be carried out: `text` begins with the error's code. */
export function answerError(text: string): AnswerRequest {
  return answerWith((output) => appendError(output, text));
}

/** The same, of a command that is found wrong before anybody asks who it comes from. */
export function answerAnybodyError(text: string): AnswerRequest {
  return answerAnybody((output) => appendError(output, text));
}

/** The last thing that is said on a connection. */
export function leaveWith(answer: Answer, perform?: () => void): Request {
  return { type: "leave", form: formOf(answer), ...(perform && { perform }) };
}

/** The form of a command that asks no bucket: `answer` when it was carried out. */
export function formOf(answer: Answer): ReplyForm {
  return (reply, output) => {
    if (reply.type === "done") answer(output);
    else encodeRespReply(reply, output);
  };
}
