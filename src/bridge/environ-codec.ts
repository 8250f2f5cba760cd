/**
 * Environs as payloads, quickly: what the requests of one connection have in
 * common crosses once.
 *
 * A browser sends the same dozen fields again and again. So the environ of a
 * connection's second request is kept, on both sides, and those after it cross as
 * what is different in them.
 */
import { uint32 } from "./frame-codec.ts";
import { type EncodedEnviron, encodeEnviron, NOT_LATIN1, withItem } from "./strings.ts";

/** Numbers that common environs share: a worker keeps so many, most of them of about 3 KiB. */
export const MAX_COMMON_ENVIRONS = 512;

/**
 * A longer environ, in characters, crosses as a whole each time: what is common is kept when its connection
 * has gone, and clients could make each worker keep 32 MiB of long heads.
 */
const MAX_COMMON_LENGTH = 8_192;

/** Environs that lack something of the common one before another takes its place. */
const PATIENCE = 2;

/** What both sides keep of a connection, under a number that later ones may get too. */
export interface CommonEnviron {
  readonly number: number;
  /** The payload of ENVIRON. */
  readonly payload: string;
}

/** The text of a REQUEST's payload, which stands on `common` if there is one. */
export interface EncodedRequest extends EncodedEnviron {
  readonly common: CommonEnviron | undefined;
}

class Common implements CommonEnviron {
  static #made = 0;

  readonly number: number;
  readonly payload: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** Environs in a row that lacked something of it. */
  misses = 0;

  constructor(names: readonly string[], values: readonly string[], text: string) {
    this.number = Common.#made % MAX_COMMON_ENVIRONS;
    Common.#made += 1;
    this.payload = uint32(this.number) + text;
    this.names = names;
    this.values = values;
  }
}

/** Stands for a connection of which one request has been seen: many have no more. */
const SEEN_ONCE = "seen once";

export class EnvironEncoder {
  readonly #commons = new WeakMap<object, Common | typeof SEEN_ONCE>();

  /**
   * The same as {@link encodeEnviron}, or what is different from what is common. `connection` is any
   * object that the connection's requests share; what is kept for it lives as long as it does.
   * @throws {NotNativeStringError} naming the key
   */
  encode(
    environ: object,
    changes: readonly string[],
    connection: object | undefined,
  ): EncodedRequest {
    // An environ may hold any name; its type lists those that PEP 3333 does.
    const values = environ as Readonly<Record<string, unknown>>;
    const common = connection && this.#commonOf(values, connection);
    const different = common && differentFrom(common, values);
    if (different === undefined) return { ...encodeEnviron(environ, changes), common: undefined };
    let text = different;
    for (const item of changes) text = withItem(text, item);
    return { text, isEscaped: false, common };
  }

  #commonOf(values: Readonly<Record<string, unknown>>, connection: object): Common | undefined {
    const known = this.#commons.get(connection);
    if (known === undefined) {
      this.#commons.set(connection, SEEN_ONCE);
      return undefined;
    }
    if (known !== SEEN_ONCE && known.misses < PATIENCE) return known;
    const common = commonIn(values);
    if (common !== undefined) this.#commons.set(connection, common);
    return common;
  }
}

/** Undefined where something of the common environ is missing, or a value needs care. */
function differentFrom(
  common: Common,
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  const { names } = common;
  let text = "";
  let matched = 0;
  for (const key in values) {
    const value = values[key];
    if (typeof value !== "string") continue;
    if (names[matched] === key) {
      matched += 1;
      if (common.values[matched - 1] === value) continue;
    }
    if (value.includes("\0") || key.endsWith("%")) return undefined;
    text = withItem(text, `${key}\0${value}`);
  }
  const isWhole = matched === names.length;
  common.misses = isWhole ? 0 : common.misses + 1;
  return isWhole && !NOT_LATIN1.test(text) ? text : undefined;
}

/** Undefined where a value needs care, or all of them are too much to be kept. */
function commonIn(values: Readonly<Record<string, unknown>>): Common | undefined {
  const names: string[] = [];
  const texts: string[] = [];
  let length = 0;
  for (const key in values) {
    const value = values[key];
    if (typeof value !== "string") continue;
    length += key.length + value.length;
    if (length > MAX_COMMON_LENGTH) return undefined;
    if (value.includes("\0") || key.endsWith("%")) return undefined;
    names.push(key);
    texts.push(value);
  }
  const text = names.map((name, index) => `${name}\0${texts[index]}`).join("\0");
  return NOT_LATIN1.test(text) ? undefined : new Common(names, texts, text);
}
