import type { Reply } from "./reply.ts";

const ADDED: Reply = { type: "written", added: 1 };
const REPLACED: Reply = { type: "written", added: 0 };

/** What came of a plain put: always the same object, so that replies that are alike can stand in one place. */
export function writtenReply(isAdded: boolean): Reply {
  return isAdded ? ADDED : REPLACED;
}
