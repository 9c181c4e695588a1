/**
 * A program for tests that stop and kill a node: `node answering-node.ts NAME DIRECTORY` joins, says so to its parent, and
 * answers each request with the request. It ends with its parent.
 */
import { parseCompleteName } from "../node-name.ts";
import { openCluster } from "../open-cluster.ts";

const [, , text = "", directory = ""] = process.argv;
const self = parseCompleteName(text);
if (self === undefined || process.send === undefined)
  throw new Error("Cannot join: no name, no parent");
await openCluster({
  self,
  cookie: "secret",
  directory,
  serve: (request) => {
    const payload = Uint8Array.from(request.payload);
    request.answer(payload.length, (target, at) => target.set(payload, at));
  },
});
process.on("disconnect", () => process.exit());
process.send("joined");
