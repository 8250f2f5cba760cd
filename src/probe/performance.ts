/** A request that does what its script says, and keeps what came of it. */
import type { Environ, ResponseBody, StartResponse, Write } from "../wsgi/types.ts";
import type { BodyKind, Data, InputMethod, Outcome, Script, Step } from "./script.ts";
import { type JudgeAddress, tellJudge } from "./tell-judge.ts";

type Items = AsyncGenerator<Uint8Array>;

export class Performance {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #script: Script;
  readonly #judge: JudgeAddress | undefined;
  readonly #input: Environ["wsgi.input"];
  readonly #errors: Environ["wsgi.errors"];
  readonly #outcomes: Outcome[] = [];
  readonly #touched = new Set<string>();
  #write: Write | undefined;
  #headers: unknown;
  #given: Error | undefined;

  constructor(
    environ: Environ,
    startResponse: StartResponse,
    script: Script,
    judge: JudgeAddress | undefined,
  ) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#script = script;
    this.#judge = judge;
    this.#input = environ["wsgi.input"];
    this.#errors = environ["wsgi.errors"];
  }

  async begin(): Promise<ResponseBody> {
    const { call, body = "list", items = [] } = this.#script;
    const called = await all(this.#perform(call));
    return BODIES[body](this, called, this.#perform(items));
  }

  async close(): Promise<void> {
    await all(this.#perform(this.#script.close ?? []));
  }

  /** Somebody looked this name up in the body. */
  touch(name: string): void {
    this.#touched.add(name);
  }

  async *#perform(steps: readonly Step[]): Items {
    for (const step of steps) yield* this.#do(step);
  }

  async *#do(step: Step): Items {
    switch (step[0]) {
      case "yield":
        yield chunkOf(step[1], step[2]);
        break;
      case "answer":
        yield Buffer.from(JSON.stringify(this.#outcomes));
        break;
      case "repeat":
        for (let time = 0; time < step[1]; time += 1) yield* this.#perform(step[2]);
        break;
      case "try":
        yield* this.#attempt(step[1]);
        break;
      default:
        await this.#act(step);
    }
  }

  async #act(step: Exclude<Step, readonly ["yield" | "answer" | "repeat" | "try", ...unknown[]]>) {
    switch (step[0]) {
      case "start":
        return this.#start(step[1], step[2], step[3] === "exc_info");
      case "write":
        return this.#write?.(chunkOf(step[1], step[2]));
      case "raise":
        throw new ScriptedError("as the script says");
      case "reach":
        return tellJudge(this.#judge, step[1], this.#report());
      case "read":
        this.#outcomes.push(await this.#read(step[1], step[2]));
        return;
      case "errors":
        return this.#complain(step[1], step.slice(2));
      case "clear":
        for (const name of Object.keys(this.#environ)) delete this.#environ[name as `${string}.x`];
        return;
      case "set":
        Object.assign(this.#environ, { [step[1]]: step[2] });
        return;
      case "hint":
        // What the judge says is what the server is to be given, whatever its type.
        return this.#environ["wsgi.early_hints"]?.(step[1] as [string, string][]);
      case "weigh":
        this.#outcomes.push(null);
        return this.#start("200 OK", [["Content-Type", "text/plain"]], true);
      case "look":
        this.#outcomes.push(this.#headers as readonly unknown[]);
    }
  }

  #start(status: unknown, headers: unknown, withExcInfo: boolean): void {
    this.#headers = dataOf(headers);
    // What the judge says is what the server is to be given, whatever its type.
    const given = [dataOf(status) as string, this.#headers as [string, string][]] as const;
    if (withExcInfo) this.#given = new ScriptedError("as the script says");
    this.#write = this.#startResponse(
      ...given,
      ...(withExcInfo && this.#given ? [this.#given] : []),
    );
  }

  async *#attempt(step: Step): Items {
    try {
      yield* this.#do(step);
      this.#outcomes.push("returned");
    } catch (error) {
      const raised = error instanceof Error ? error.name : typeof error;
      this.#outcomes.push({ raised, same: error === this.#given });
    }
  }

  async #read(method: InputMethod, size: number | undefined): Promise<Outcome> {
    if (method !== "iterate") return shown(await this.#input[method](size));
    const lines: Uint8Array[] = [];
    for await (const line of this.#input) lines.push(line);
    return shown(lines);
  }

  #complain(method: "write" | "writelines" | "flush", given: readonly unknown[]): void {
    // What the judge says is what the server is to be given, whatever its type.
    (this.#errors[method] as (...given: readonly unknown[]) => void).apply(this.#errors, [
      ...given,
    ]);
  }

  #report(): object {
    return {
      outcomes: this.#outcomes,
      touched: [...this.#touched].sort(),
      process: process.pid,
      thread: 0,
    };
  }
}

class ScriptedError extends Error {
  override readonly name = "ScriptedError";
}

type MakeBody = (performance: Performance, called: Uint8Array[], items: Items) => unknown;

const BODIES = {
  list: async (_, called, items) => [...called, ...(await all(items))],
  generator: (_, __, items) => items,
  object: watched,
  lengthless: watched,
  // Only Python has wsgi.file_wrapper.
  file: watched,
} as const satisfies Readonly<Record<BodyKind, MakeBody>> as Readonly<
  Record<BodyKind, (...made: Parameters<MakeBody>) => ResponseBody | Promise<ResponseBody>>
>;

/** A body that keeps which names are looked up in it. */
function watched(performance: Performance, _: Uint8Array[], items: Items): ResponseBody {
  const body = { [Symbol.asyncIterator]: () => items, close: () => performance.close() };
  return new Proxy(body, {
    get(target, name, receiver) {
      if (typeof name === "string") performance.touch(name);
      // A proxy's target may be asked for anything.
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

async function all(items: Items): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** `{bytes}` and `{tuple}` stand for what JSON has not. */
function dataOf(told: unknown): unknown {
  if (typeof told !== "object" || told === null || Array.isArray(told)) return told;
  if ("bytes" in told) return Buffer.from(String(told.bytes), "latin1");
  // An iterable that is no array, as a tuple is no list.
  return "tuple" in told && Array.isArray(told.tuple) ? new Set(told.tuple) : told;
}

function chunkOf(told: Data, times = 1): Uint8Array {
  if (typeof told === "string") return Buffer.from(told.repeat(times), "latin1");
  // The sin that the server is to find.
  return told.str as unknown as Uint8Array;
}

/** Bytes as text, what is not bytes by its type. */
function shown(result: unknown): Outcome {
  if (Array.isArray(result)) return result.map(shown);
  if (result instanceof Uint8Array) return Buffer.from(result).toString("latin1");
  return { type: typeof result };
}
