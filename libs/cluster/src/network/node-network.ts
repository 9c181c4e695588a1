import { createServer, isIP, connect as plainConnect, type Server, type Socket } from "node:net";
import { getBuiltinModule } from "node:process";
import type * as Tls from "node:tls";
import { certificateFault } from "./certificate-fault.ts";
import type { Acceptor, DialledListener, Listening, Network, Place, Stream } from "./network.ts";
import { placeText } from "./network.ts";
import { NodeStream } from "./node-stream.ts";
import { ReadBuffer } from "./read-buffer.ts";
import { hasCode, systemReason } from "./system-reason.ts";
import { type TlsSource, tlsOptions } from "./tls-material.ts";
import { listenAtPath, listening } from "./unix-door.ts";

/** How long a connection may take for TLS's handshake, in milliseconds. */
const tlsHandshakeMs = 5000;

/** How many connections a port with TLS holds, those in its handshake included. */
const tlsConnectionLimit = 1024;

/** What it means when a place that was dialled without TLS hears nodes out and says nothing. */
const unheardReason =
  "it closed the connection without a word: perhaps it speaks TLS, which this node does not";

/** Sockets of the operating system; those of TCP with TLS when there is material for it. */
export class NodeNetwork implements Network {
  readonly #tls: TlsSource | undefined;
  readonly #buffer = new ReadBuffer();

  constructor(tls?: TlsSource) {
    this.#tls = tls;
  }

  async listen(place: Place, acceptor: Acceptor): Promise<Listening> {
    const server = this.#server(place, acceptor);
    if (place.type === "unix") await listenAtPath(server, place.path);
    else await listening(server, placeText(place), () => server.listen(place.port, place.host));
    server.on("error", (error) => acceptor.failed(systemReason(error)));
    const stopFollowing = this.#follow(server);
    return {
      place: boundPlace(place, server),
      [Symbol.asyncDispose]: async () => {
        stopFollowing?.();
        // Its "close" never comes, since it loses count of the connections that were taken over from it.
        server.close();
      },
    };
  }

  dial(place: Place, listener: DialledListener): Stream {
    const isPlainTcp = place.type === "tcp" && this.#tls === undefined;
    const stream = new NodeStream(placeText(place), isPlainTcp ? unheardReason : undefined);
    stream.listener = listener;
    stream.open(this.#connect(place, stream, listener));
    return stream;
  }

  #connect(place: Place, { receive }: NodeStream, listener: DialledListener): Socket {
    if (place.type === "unix") {
      return plainConnect({ path: place.path, onread: this.#buffer.onread(receive) });
    }
    const { host, port } = place;
    if (this.#tls === undefined) {
      return plainConnect({ host, port, onread: this.#buffer.onread(receive) });
    }
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const options = { ...tlsOptions(this.#tls.current), ...servername, host, port };
    const socket = loadTls().connect(options);
    return socket.once("secureConnect", () => {
      const fault = certificateFault(socket);
      if (fault === undefined) socket.on("data", receive);
      else listener.distrusted(fault);
    });
  }

  /** Has new handshakes at `server` made with what is current, where it speaks TLS. */
  #follow(server: Server): (() => void) | undefined {
    if (!isTlsServer(server)) return undefined;
    return this.#tls?.onChange((material) => server.setSecureContext(tlsOptions(material)));
  }

  #server(place: Place, acceptor: Acceptor): Server {
    if (place.type === "tcp" && this.#tls !== undefined) return tlsServer(this.#tls, acceptor);
    return createServer({ pauseOnConnect: true }, (accepted) => {
      const stream = new NodeStream(peerOf(accepted, place));
      const socket = this.#buffer.adopt(accepted, stream.receive);
      stream.open(socket);
      acceptor.accepted(stream);
      socket.resume();
    });
  }
}

/** Not before a node has a certificate: it takes 4 MB. */
function loadTls(): typeof Tls {
  return getBuiltinModule("node:tls");
}

function isTlsServer(server: Server): server is Tls.Server {
  return "setSecureContext" in server;
}

function tlsServer(tls: TlsSource, acceptor: Acceptor): Server {
  const options = { ...tlsOptions(tls.current), handshakeTimeout: tlsHandshakeMs };
  const server = loadTls().createServer(options, (socket) => {
    const stream = new NodeStream(peerOf(socket, undefined));
    stream.open(socket);
    const fault = certificateFault(socket);
    if (fault !== undefined) return acceptor.distrusted(stream, fault);
    acceptor.accepted(stream);
    socket.on("data", stream.receive);
  });
  server.maxConnections = tlsConnectionLimit;
  return server.on("tlsClientError", (error, socket) => {
    // Whoever just leaves, as health checks do, has its own reason for that.
    if (!hasCode(error, "ECONNRESET"))
      acceptor.failed(systemReason(error), peerOf(socket, undefined));
  });
}

function peerOf({ remoteAddress, remotePort }: Socket, place: Place | undefined): string {
  if (remoteAddress !== undefined && remotePort !== undefined) {
    return placeText({ type: "tcp", host: remoteAddress, port: remotePort });
  }
  return place?.type === "unix" ? place.path : "an address that is gone";
}

function boundPlace(place: Place, server: Server): Place {
  const address = server.address();
  if (place.type === "unix" || address === null || typeof address === "string") return place;
  return { ...place, port: address.port };
}
