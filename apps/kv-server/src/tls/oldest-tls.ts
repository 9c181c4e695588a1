/** The oldest version of TLS that is spoken: RFC 8996 has withdrawn all before it. */
export const oldestTls = "TLSv1.2";
