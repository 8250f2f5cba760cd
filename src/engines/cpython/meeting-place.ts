/**
 * Where a worker that a template forks meets this process, which can neither be given a descriptor
 * nor give one: a directory for this user alone, with a socket and the begun marker. It is there from
 * the moment the worker is asked for until it has come.
 */
import { mkdtempSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BegunMarker, MARKER, removeWith } from "./begun-marker.ts";
import type { Bridge } from "./python-process.ts";

/** `sun_path` ends at 104 bytes on macOS and at 108 on Linux; a longer path is cut in silence. */
const MAX_SOCKET_PATH_BYTES = 103;

const SOCKET = "socket";

export interface MeetingEvents {
  /** Called once at most. */
  readonly met: (bridge: Bridge) => void;
  /** Nobody can come here: it was not to be listened at, or no descriptor was left. */
  readonly failed: (error: Error) => void;
}

export class MeetingPlace {
  readonly directory: string;
  readonly #server: Server;
  readonly #marker: BegunMarker;
  #isOpen = true;

  /** @throws where no such directory can be made */
  constructor(events: MeetingEvents) {
    this.directory = mkdtempSync(join(resolve(tmpdir()), "portico-"));
    try {
      const path = join(this.directory, SOCKET);
      if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
        throw new Error(`${path} is too long for a socket; set TMPDIR to a shorter one`);
      }
      this.#marker = new BegunMarker(this.directory);
      this.#server = createServer((socket) => this.#met(socket, events));
      this.#server.on("error", events.failed);
      // Exclusive: else a cluster's primary would listen in the place of this process.
      this.#server.listen({ path, exclusive: true });
    } catch (error) {
      removeWith([SOCKET, MARKER], this.directory);
      throw error;
    }
  }

  /** Nobody is awaited any more. */
  close(): void {
    if (!this.#isOpen) return;
    this.#leave();
    this.#marker.close();
  }

  #met(socket: Socket, { met }: MeetingEvents): void {
    if (!this.#isOpen) {
      socket.destroy();
      return;
    }
    this.#leave();
    met({ socket, marker: this.#marker });
  }

  #leave(): void {
    this.#isOpen = false;
    this.#server.close();
    removeWith([SOCKET, MARKER], this.directory);
  }
}
