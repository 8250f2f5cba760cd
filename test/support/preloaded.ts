/** A Python application that is served with `--preload`, and counts its imports. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PorticoRun, type RunEnd, type RunOptions, runToEnd } from "./portico-run.ts";
import { Versions } from "./versions.ts";

/** Adds a line to `imports`, and waits at the gate where the directory has one. */
const NOTED_IMPORT = `
import os, socket
open("imports", "a").write(f"{os.getpid()}\\n")
IMPORTED_BY = os.getpid()
if os.path.exists("gate"):
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect("gate")
        gate.sendall(f"import {os.getpid()}\\n".encode())
        gate.recv(1)
`;

const APPLICATION = `
import ctypes
def app(environ, start_response):
    if environ["PATH_INFO"] == "/die":
        os._exit(7)
    if environ["PATH_INFO"] == "/hang":
        start_response("200 OK", [])(b"hangs")
        ctypes.PyDLL(None).sleep(600)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{VERSION} {IMPORTED_BY} {os.getpid()}".encode()]
`;

/** An application in a directory of its own, which keeps count of its imports. */
export class Preloaded extends Versions {
  write(version: string, more = ""): this {
    const text = `${NOTED_IMPORT}VERSION = ${JSON.stringify(version)}${APPLICATION}${more}`;
    this.writeFile("shop.py", text);
    return this;
  }

  writeFile(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  /** The processes that have imported it. */
  get imports(): readonly number[] {
    return readFileSync(join(this.directory, "imports"), "utf8").trimEnd().split("\n").map(Number);
  }

  serving(...args: readonly string[]): Promise<PorticoRun> {
    return PorticoRun.serving(this.#options(args));
  }

  starting(...args: readonly string[]): PorticoRun {
    return new PorticoRun(this.#options(args));
  }

  end(...args: readonly string[]): Promise<RunEnd> {
    return runToEnd(this.#options(args));
  }

  #options(args: readonly string[]): RunOptions {
    return { args: ["-b", "127.0.0.1:0", "--preload", ...args, "shop:app"], cwd: this.directory };
  }
}

export interface Answered {
  readonly version: string;
  readonly template: number;
  readonly pid: number;
}

export async function asked(run: PorticoRun): Promise<Answered> {
  const [version = "", template, pid] = (await run.get("/")).text.split(" ");
  return { version, template: Number(template), pid: Number(pid) };
}

/** The workers that are forked from a process. */
export function forked(run: PorticoRun, template: number): readonly number[] {
  const lines = run.stderr.text.matchAll(/Booting worker with pid: (\d+) \(forked from (\d+)\)/g);
  return [...lines].filter(([, , from]) => Number(from) === template).map(([, pid]) => Number(pid));
}
