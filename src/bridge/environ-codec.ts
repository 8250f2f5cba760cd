/**
 * Environs as payloads, quickly: what the requests of one connection have in
 * common is encoded once.
 *
 * A browser sends the same dozen fields again and again. They stand behind
 * SERVER_NAME in an environ, so from there on the encoder only looks whether
 * each name and value is the one it saw last. Behind them stands the request's id.
 */
import { type EncodedEnviron, encodeEnviron, NOT_LATIN1 } from "./strings.ts";

/** The first name of an environ that tells of the connection and not of the request line. */
const FIRST_COMMON_NAME = "SERVER_NAME";

/** From here on an environ tells of the request alone again. */
const FIRST_NAME_BEHIND = "portico.request_id";

interface CommonPart {
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** Names and values with a NUL between. */
  readonly text: string;
}

export class EnvironEncoder {
  readonly #commonParts = new WeakMap<object, CommonPart>();

  /**
   * The same as {@link encodeEnviron}. `connection` is any object that the connection's requests
   * share; what is kept for it lives as long as it does.
   * @throws {NotNativeStringError} naming the key
   */
  encode(
    environ: object,
    changes: readonly string[],
    connection: object | undefined,
  ): EncodedEnviron {
    if (connection === undefined) return encodeEnviron(environ, changes);
    // An environ may hold any name; its type lists those that PEP 3333 does.
    const values = environ as Readonly<Record<string, unknown>>;
    const known = this.#commonParts.get(connection);
    let text = (known && textWith(known, values)) ?? this.#learn(values, connection);
    if (text === undefined) return encodeEnviron(environ, changes);
    for (const item of changes) text += `\0${item}`;
    return { text, isEscaped: false };
  }

  #learn(values: Readonly<Record<string, unknown>>, connection: object): string | undefined {
    const part = commonPart(values);
    if (part === undefined) return undefined;
    this.#commonParts.set(connection, part);
    return textWith(part, values);
  }
}

/** Undefined where the common part is another one now, or a value needs care. */
function textWith(
  common: CommonPart,
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  const { names } = common;
  let text = "";
  let matched = 0;
  let behind = "";
  for (const key in values) {
    const value = values[key];
    if (typeof value !== "string") continue;
    if (matched === names.length && (behind !== "" || key === FIRST_NAME_BEHIND)) {
      if (value.includes("\0") || key.endsWith("%")) return undefined;
      behind += `\0${key}\0${value}`;
    } else if (matched > 0 || key === FIRST_COMMON_NAME) {
      if (names[matched] !== key || common.values[matched] !== value) return undefined;
      matched += 1;
    } else {
      if (value.includes("\0")) return undefined;
      text += `${key}\0${value}\0`;
    }
  }
  if (matched !== names.length || NOT_LATIN1.test(text) || NOT_LATIN1.test(behind)) {
    return undefined;
  }
  return text + common.text + behind;
}

/** Undefined where there is none, or where a value in it needs care. */
function commonPart(values: Readonly<Record<string, unknown>>): CommonPart | undefined {
  const names: string[] = [];
  const texts: string[] = [];
  let text = "";
  for (const key in values) {
    if (key === FIRST_NAME_BEHIND) break;
    const value = values[key];
    if (typeof value !== "string" || (names.length === 0 && key !== FIRST_COMMON_NAME)) continue;
    if (value.includes("\0") || key.endsWith("%")) return undefined;
    text += `${names.length === 0 ? "" : "\0"}${key}\0${value}`;
    names.push(key);
    texts.push(value);
  }
  if (names.length === 0 || NOT_LATIN1.test(text)) return undefined;
  return { names, values: texts, text };
}
