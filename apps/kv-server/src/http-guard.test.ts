import assert from "node:assert/strict";
import { test } from "node:test";
import { isHttpRequestBeginning, isHttpRequestLine } from "./http-guard.ts";

const wholeLines: readonly [line: string, isHttp: boolean][] = [
  ["GET / HTTP/1.1\r", true],
  ["GET / HTTP/1.1", true],
  ["POST /path?CREATE%20a HTTP/1.0\r", true],
  ["PUT /a/b HTTP/1.1\r", true],
  ["CREATE /a HTTP/1.1\r", true],
  ["OPTIONS * HTTP/1.1\r", true],
  ["CONNECT host:443 HTTP/1.1\r", true],
  ["PRI * HTTP/2.0\r", true],
  ["GET shopping milk", false],
  ["GET shopping http/1.1", false],
  ["PUT shopping key HTTP/1.1", false],
  ["CREATE HTTP/1.1", false],
  ["GET / HTTP", false],
  ["GET", false],
  ["GET ", false],
  ["", false],
];

for (const [line, isHttp] of wholeLines) {
  test(`isHttpRequestLine() says ${isHttp} to ${JSON.stringify(line)}`, () => {
    assert.equal(isHttpRequestLine(Buffer.from(line)), isHttp);
  });
}

const beginnings: readonly [beginning: string, mayBeHttp: boolean][] = [
  ["GET /xxxxxxxxxxxx", true],
  ["POST /xxxxxxxxxxxx HTT", true],
  ["GET /", true],
  ["PUT /bucket key valuevaluevalue", false],
  ["PUT bucketbucketbucketbucket", false],
  ["CREATE ", false],
  ["xxxxxxxxxxxxxxxx", false],
];

for (const [beginning, mayBeHttp] of beginnings) {
  test(`isHttpRequestBeginning() says ${mayBeHttp} to ${JSON.stringify(beginning)}`, () => {
    assert.equal(isHttpRequestBeginning(Buffer.from(beginning)), mayBeHttp);
  });
}
