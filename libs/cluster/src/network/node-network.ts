import { createServer, connect as plainConnect, isIP, type Server, type Socket } from "node:net";
import { connect as tlsConnect, createServer as createTlsServer } from "node:tls";
import type { Acceptor, Listening, Network, Place, Stream, StreamListener } from "./network.ts";
import { placeText } from "./network.ts";
import { NodeStream } from "./node-stream.ts";
import { ReadBuffer } from "./read-buffer.ts";
import { systemReason } from "./system-reason.ts";
import { type TlsMaterial, tlsOptions } from "./tls-material.ts";
import { listenAtPath, listening } from "./unix-door.ts";

/** How long a connection may take for TLS's handshake, in milliseconds. */
const tlsHandshakeMs = 5000;

/** How many connections a port with TLS holds, those in its handshake included. */
const tlsConnectionLimit = 1024;

/** Sockets of the operating system; those of TCP with TLS when there is material for it. */
export class NodeNetwork implements Network {
  readonly #tls: ReturnType<typeof tlsOptions> | undefined;
  readonly #buffer = new ReadBuffer();

  constructor(tls?: TlsMaterial) {
    this.#tls = tls === undefined ? undefined : tlsOptions(tls);
  }

  async listen(place: Place, acceptor: Acceptor): Promise<Listening> {
    const server = this.#server(place, acceptor);
    if (place.type === "unix") await listenAtPath(server, place.path);
    else await listening(server, placeText(place), () => server.listen(place.port, place.host));
    server.on("error", (error) => acceptor.failed(systemReason(error)));
    return {
      place: boundPlace(place, server),
      [Symbol.asyncDispose]: async () => {
        // Its "close" never comes, since it loses count of the connections that were taken over from it.
        server.close();
      },
    };
  }

  dial(place: Place, listener: StreamListener): Stream {
    const stream = new NodeStream(placeText(place));
    stream.listener = listener;
    stream.open(this.#connect(place, stream));
    return stream;
  }

  #connect(place: Place, { receive }: NodeStream): Socket {
    if (place.type === "unix") {
      return plainConnect({ path: place.path, onread: this.#buffer.onread(receive) });
    }
    const { host, port } = place;
    if (this.#tls === undefined) {
      return plainConnect({ host, port, onread: this.#buffer.onread(receive) });
    }
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return tlsConnect({ ...this.#tls, ...servername, host, port }).on("data", receive);
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

function tlsServer(tls: ReturnType<typeof tlsOptions>, acceptor: Acceptor): Server {
  const server = createTlsServer({ ...tls, handshakeTimeout: tlsHandshakeMs }, (socket) => {
    const stream = new NodeStream(peerOf(socket, undefined));
    stream.open(socket);
    acceptor.accepted(stream);
    socket.on("data", stream.receive);
  });
  server.maxConnections = tlsConnectionLimit;
  return server.on("tlsClientError", (error) => acceptor.failed(`TLS: ${systemReason(error)}`));
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
