/**
 * What a judge tells the probe application to do in one request: `/script?script=JSON`.
 *
 * Every character of its texts is a byte. Both probe applications perform it, each in its language.
 */

export interface Script {
  /** Done when the application is called. */
  readonly call: readonly Step[];
  /** What the application returns; a list if not said. */
  readonly body?: BodyKind;
  /** Done as the body is iterated; for a list, a file and `call`, before the application returns. */
  readonly items?: readonly Step[];
  /** Done by the body's close(), or by that of the file it is made of. */
  readonly close?: readonly Step[];
  /** How a body of the kind `file` is made; Python only. */
  readonly file?: FileKind;
}

/**
 * `object` keeps what is looked up in it beside what a body must have; `lengthless` has a `__len__`
 * that raises; `file` is the server's `wsgi.file_wrapper`.
 */
export type BodyKind = "list" | "generator" | "object" | "lengthless" | "file";

export interface FileKind {
  /** `memory` has read() and close() alone, `disk` is a regular file. */
  readonly of: "disk" | "memory";
  /** Where the file stands when it is wrapped. */
  readonly from?: number;
  readonly block?: number;
  /** What becomes of the wrapper: forgotten, or iterated by a middleware that changes the case. */
  readonly fate?: "dropped" | "upper";
}

export type Step =
  | readonly ["start", status: Told, headers: Told, how?: "exc_info" | "None"]
  | readonly ["write", data: Data, times?: number]
  | readonly ["yield", data: Data, times?: number]
  | readonly ["raise"]
  /** Tells the judge the outcomes so far, and goes on when it says so. */
  | readonly ["reach", point: string]
  | readonly ["read", method: InputMethod, size?: number]
  | readonly ["errors", method: "write" | "writelines" | "flush", ...unknown[]]
  /** Empties the environ. */
  | readonly ["clear"]
  | readonly ["set", name: string, value: string]
  /** Keeps whether the step returned or what it raised, which goes no further. */
  | readonly ["try", Step]
  /** Yields the outcomes so far, as JSON. */
  | readonly ["answer"]
  | readonly ["repeat", times: number, steps: readonly Step[]]
  | readonly ["hint", headers: Told]
  /** Keeps whether the server still holds exc_info after start_response; null where nobody can tell. */
  | readonly ["weigh"]
  /** Keeps what has become of the list of headers. */
  | readonly ["look"];

export type InputMethod = "read" | "readline" | "readlines" | "iterate";

/** A list is one of pairs; what JSON has not is told as `{bytes}` and `{tuple}`. */
export type Told = unknown;

/** Bytes as text; `{str}` is text where bytes belong. */
export type Data = string | { readonly str: string };

/** What came of a step, in the order of the steps that keep something. */
export type Outcome =
  | "returned"
  | { readonly raised: string; readonly same: boolean }
  | { readonly type: string }
  | string
  | boolean
  | null
  | readonly unknown[];

/** What the application tells at a point it reaches. */
export interface Report {
  readonly outcomes: readonly Outcome[];
  /** What the server looked up in a body of the kind `object`. */
  readonly touched: readonly string[];
  readonly process: number;
  readonly thread: number;
}
