/** What the bridge costs the gateway: an environ to a payload, frames to bytes and back. */
import { EnvironEncoder } from "../../src/bridge/environ-codec.ts";
import { encodeFrame, FrameDecoder, frameHeader } from "../../src/bridge/frame-codec.ts";
import { FrameFlag, FrameType } from "../../src/bridge/frames.ts";
import { encodeEnviron } from "../../src/bridge/strings.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { environOf } from "./gateway-parts.ts";
import { type Benchmark, bench } from "./kit.ts";
import { BARE_GET, browserGet, HELLO_BODY, nextHead, openConnection } from "./requests.ts";

/** As many as the benchmark's load keeps on their way. */
const BATCH = 20;

const BARE = environOf(nextHead(openConnection(), BARE_GET));
const BROWSER = environOf(nextHead(openConnection(), browserGet("1")));

export const BRIDGE_PARTS: readonly Benchmark[] = [
  encoding("environ to payload, bare head, another path each time", BARE),
  encoding("environ to payload, browser's head, another path each time", BROWSER),
  bench(
    "environ to payload, browser's head, a new connection",
    () => new EnvironEncoder().encode(BROWSER, [], {}),
    { ...encodeEnviron(BROWSER, []), common: undefined },
  ),
  requestFrames("REQUEST to bytes, one of 20"),
  answerFrames("answer's frames decoded, one of 20"),
];

function encoding(name: string, environ: Environ): Benchmark {
  const encoder = new EnvironEncoder();
  const connection = {};
  const paths = ["/one", "/two"];
  const environs = paths.map((path) => ({ ...environ, PATH_INFO: path, REQUEST_URI: path }));
  let turn = 0;
  const encode = (): number => {
    turn += 1;
    return encoder.encode(environs[turn & 1] ?? environ, [], connection).text.length;
  };
  // Whole, and then what the rest are compared with.
  encode();
  encode();
  return bench(name, encode, "PATH_INFO\0/one\0REQUEST_URI\0/one".length);
}

function requestFrames(name: string): Benchmark {
  const { text } = encodeEnviron(BARE, []);
  const operation = (): number => {
    let batch = "";
    for (let stream = 1; stream <= BATCH; stream += 1) {
      batch += frameHeader(FrameType.REQUEST, FrameFlag.END_STREAM, stream, text.length) + text;
    }
    return Buffer.from(batch, "latin1").length;
  };
  return bench(name, operation, BATCH * (10 + text.length), BATCH);
}

function answerFrames(name: string): Benchmark {
  const head = Buffer.from("200 OK\0Content-Type\0text/plain\0Content-Length\x0012");
  const streams = Array.from({ length: BATCH }, (_, at) => at + 1);
  const frames = streams.flatMap((streamId) => [
    { type: FrameType.RESPONSE, flags: 0, streamId, payload: head },
    { type: FrameType.DATA, flags: FrameFlag.END_STREAM, streamId, payload: HELLO_BODY },
  ]);
  const bytes = Buffer.concat(frames.map(encodeFrame));
  const decoder = new FrameDecoder();
  const operation = (): number => {
    let ended = 0;
    decoder.decode(bytes, (_type, flags) => {
      ended += flags;
    });
    return ended;
  };
  return bench(name, operation, BATCH, BATCH);
}
