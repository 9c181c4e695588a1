import type { Conversation } from "../../../conversation.ts";

/** The conversations at the door of this one, in the order they began; this one is among them. */
export function conversationsAt({ door, reception }: Conversation): readonly Conversation[] {
  return Array.from(door.clients, (client) => reception.conversations.get(client)).filter(
    (conversation) => conversation !== undefined,
  );
}
