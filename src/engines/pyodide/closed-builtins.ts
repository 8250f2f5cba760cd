/**
 * Takes from this process, for good, what of Node.js leads out of it and what the permission model
 * (`--permission`) does not see: the network (before Node.js 25), databases, signals, flags of V8, traces.
 *
 * What Python can reach of JavaScript is all of it, so nothing here can be undone from there: each
 * module that is not known to be harmless is emptied, and no object that was made of it is left over.
 */
import { createHook } from "node:async_hooks";
import { writeSync } from "node:fs";
import { builtinModules, isBuiltin, syncBuiltinESMExports } from "node:module";
import { Readable, Writable } from "node:stream";
import { hasCode } from "../../buffers/system-error.ts";

export class SandboxError extends Error {
  override readonly name: string = "SandboxError";
  readonly code = "ERR_ACCESS_DENIED";
}

/** They reckon, or ask the permission model. What a later Node.js brings is not among them. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "console",
    "constants",
    "crypto",
    "diagnostics_channel",
  ],
  ...["domain", "events", "fs", "fs/promises", "module", "os", "path", "path/posix", "path/win32"],
  ...["perf_hooks", "process", "punycode", "querystring", "stream", "stream/consumers"],
  ...["stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises"],
  ...["url", "util", "util/types", "zlib", "_stream_duplex", "_stream_passthrough"],
  ...["_stream_readable", "_stream_transform", "_stream_writable"],
]);

/** Those that `builtinModules` leaves out in some versions. */
const UNLISTED = ["node:sqlite", "node:sea", "node:test", "node:test/reporters", "node:quic"];

/** Each makes a handle; the permission model refuses its address, or the system does. */
const HANDLE_MAKERS = [
  ["net", "_createServerHandle", ["-", 0, 4]],
  ["net", "_createServerHandle", ["/dev/null/-", -1, -1]],
  ["dgram", "createSocket", ["udp4"]],
] as const;

/** What a handle that was made somehow could do, by its names in libuv. */
const OF_HANDLES = [
  ...["bind", "bind6", "listen", "connect", "connect6", "open", "send", "send6"],
  ...["addMembership", "addSourceSpecificMembership"],
];

/**
 * Signals, addons, handles that were made before, and the working directory: a relative path is checked
 * against it at once, and opened later by another thread.
 */
const OF_PROCESS = [
  ...[
    "chdir",
    "kill",
    "_kill",
    "_debugProcess",
    "_debugEnd",
    "dlopen",
    "binding",
    "_linkedBinding",
  ],
  ...["_getActiveHandles", "_getActiveRequests", "execve", "loadEnvFile", "openStdin"],
];

export function closeBuiltins(): void {
  closeHandles();
  replaceStreams();
  // Loaded here, all of them: one that came later would be whole.
  const names = [...builtinModules, ...UNLISTED].filter(
    (name) => isBuiltin(name) && !HARMLESS.has(name.replace(/^node:/, "")),
  );
  const modules = names.map((name) => process.getBuiltinModule(name) as object);
  for (const each of modules) close(each, Object.getOwnPropertyNames(each));
  close(process, OF_PROCESS);
  Object.defineProperty(process, "report", { value: undefined, configurable: false });
  close(process.getBuiltinModule("os"), ["setPriority"]);
  // Handles, as Node.js makes them for itself.
  close(process.getBuiltinModule("async_hooks"), ["createHook", "executionAsyncResource"]);
  // A thread that Node.js makes for itself would have its modules whole.
  close(process.getBuiltinModule("module"), ["register"]);
  // What is imported by name from here on is what was put in place.
  syncBuiltinESMExports();
}

/** `fetch`, `http`, `tls`, `WebSocket` and all others end there, whatever they keep of the modules above. */
function closeHandles(): void {
  for (const handle of madeHandles()) {
    const prototype: object = Object.getPrototypeOf(handle);
    const names = OF_HANDLES.filter((name) => name in prototype);
    close(prototype, names);
  }
}

/** One of each class, which nothing else shows. */
function madeHandles(): object[] {
  const handles: object[] = [];
  const hook = createHook({ init: (_id, _type, _trigger, resource) => handles.push(resource) });
  hook.enable();
  for (const [module, name, args] of HANDLE_MAKERS) {
    const maker: unknown = Reflect.get(process.getBuiltinModule(module), name);
    if (typeof maker !== "function") throw new Error(`this Node.js has no ${module}.${name}`);
    try {
      maker(...args);
    } catch (error) {
      if (!hasCode(error, "ERR_ACCESS_DENIED")) throw error;
    }
  }
  hook.disable();
  if (handles.length < HANDLE_MAKERS.length) throw new Error("handles are made unseen");
  return handles;
}

/** Those that Node.js makes are sockets, where they are pipes: one of these could make others. */
function replaceStreams(): void {
  for (const [name, stream] of [
    ["stdin", Readable.from([])],
    ["stdout", writerTo(1)],
    ["stderr", writerTo(2)],
  ] as const) {
    Object.defineProperty(process, name, { value: stream, writable: false, configurable: false });
  }
}

function writerTo(descriptor: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done): void {
      writeSync(descriptor, chunk);
      done();
    },
  });
}

function close(owner: object, names: readonly string[]): void {
  for (const name of names) {
    if (Object.getOwnPropertyDescriptor(owner, name)?.configurable === false) continue;
    const value = (): never => {
      throw new SandboxError(`${name} is not for an application in a sandbox`);
    };
    Object.defineProperty(owner, name, { value, writable: false, configurable: false });
  }
}
