/** No load at all: how long the server took from its start to its first answer, and its memory then. */
import type { Measurement } from "../results.ts";
import { type Load, residentBytesOf, type Turn } from "./load.ts";

export const START_UP: Load = {
  words: "from the start of the process to the first answer, files in the cache",
  connections: 1,
  run: async ({ server }: Turn): Promise<Measurement> => ({
    startSeconds: server.secondsToFirstAnswer,
    residentBytes: residentBytesOf(server),
  }),
};
