import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { defaults } from "../../test/start-test-listener.ts";
import type { ServerEnvironment } from "../environment.ts";
import { checkTls, tlsFilesOf } from "./tls-files.ts";

const pair = { tlsCertificateFile: "cert.pem", tlsKeyFile: "cert.key" };

const mistakes: readonly [what: string, values: Partial<ServerEnvironment>, keys: string[]][] = [
  ["a certificate without its key", { tlsCertificateFile: "cert.pem" }, ["tlsKeyFile"]],
  ["a key without its certificate", { tlsKeyFile: "cert.key" }, ["tlsCertificateFile"]],
  [
    "certificates asked of clients that no CA signs",
    { ...pair, tlsClientCertificates: "request" },
    ["tlsCaFile"],
  ],
  [
    "certificates asked of clients without TLS",
    { tlsCaFile: "ca.pem", tlsClientCertificates: "require" },
    ["tlsClientCertificates"],
  ],
  [
    "a CA whose certificates nobody is asked for",
    { ...pair, tlsCaFile: "ca.pem" },
    ["tlsClientCertificates"],
  ],
];

const rights: readonly [what: string, values: Partial<ServerEnvironment>][] = [
  ["nothing", {}],
  ["a certificate and its key", pair],
  ["all of it", { ...pair, tlsCaFile: "ca.pem", tlsClientCertificates: "require" }],
];

suite("checkTls()", () => {
  for (const [what, values, keys] of mistakes) {
    test(`refuses ${what}`, () => {
      const found = checkTls({ ...defaults(), ...values });
      assert.deepEqual(
        found.map(({ key }) => key),
        keys,
      );
    });
  }

  for (const [what, values] of rights) {
    test(`takes ${what}`, () => {
      assert.deepEqual(checkTls({ ...defaults(), ...values }), []);
    });
  }
});

test("tlsFilesOf() names no files where no certificate is configured", () => {
  assert.equal(tlsFilesOf(defaults()), undefined);
  assert.equal(tlsFilesOf({ ...defaults(), ...pair })?.certificateFile, "cert.pem");
});
