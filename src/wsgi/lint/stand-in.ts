/** A stream of the server's with a watch over some of its methods; all else is the stream's own. */

type Key = string | symbol;

/** The watch is the proxy's target: of a frozen stream no property could be watched. */
class Passing implements ProxyHandler<object> {
  readonly #stream: object;
  readonly #watched: readonly Key[];

  constructor(stream: object, watched: readonly Key[]) {
    this.#stream = stream;
    this.#watched = watched;
  }

  get(watch: object, name: Key): unknown {
    // What the application has put in a watched method's place.
    if (Object.hasOwn(watch, name)) return Reflect.get(watch, name);
    const value: unknown = Reflect.get(this.#stream, name);
    if (typeof value !== "function" || name === "constructor") return value;
    // A class's private members know the stream alone, not who stands in for it.
    if (!this.#watched.includes(name)) return value.bind(this.#stream);
    return Reflect.get(watch, name).bind(watch);
  }

  set(watch: object, name: Key, value: unknown): boolean {
    return Reflect.set(this.#watched.includes(name) ? watch : this.#stream, name, value);
  }

  has(_watch: object, name: Key): boolean {
    return Reflect.has(this.#stream, name);
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#stream);
  }

  ownKeys(watch: object): Key[] {
    return [...new Set([...Reflect.ownKeys(this.#stream), ...Reflect.ownKeys(watch)])];
  }

  getOwnPropertyDescriptor(watch: object, name: Key): PropertyDescriptor | undefined {
    const descriptor =
      Reflect.getOwnPropertyDescriptor(watch, name) ??
      Reflect.getOwnPropertyDescriptor(this.#stream, name);
    // A proxy may call no property fixed that its target has not.
    return descriptor && { ...descriptor, configurable: true };
  }
}

/** The stream as it is, but that `watched` methods it has are those of the watch. */
export function standIn<Stream extends object>(
  stream: Stream,
  watch: Partial<Stream>,
  watched: readonly (keyof Stream & Key)[],
): Stream {
  // It has all that the stream has.
  return new Proxy(watch, new Passing(stream, watched)) as Stream;
}
