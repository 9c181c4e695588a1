/** The version of RESP that a connection speaks: 2 until HELLO says otherwise. */
export type RespVersion = 2 | 3;

/** What a connection that speaks RESP has been told about its client. */
export interface Conversation {
  version: RespVersion;
}
