/** What is read from and written to an HTTP/1.1 connection: plain data with a `type`. */
import type { FieldName } from "./fields.ts";

/** How the end of a message's body is known (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "content-length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/** A request line and its header fields, checked. */
export interface RequestHead {
  readonly type: "request-head";
  readonly method: string;
  /** The request-target as it was sent. */
  readonly target: string;
  /** Path of the target, still percent-encoded; empty for `OPTIONS *`. */
  readonly rawPath: string;
  /** What follows the first `?`, without it. */
  readonly query: string;
  /** RFC 9110 §6.2: a later 1.x is served as 1.1. */
  readonly version: "HTTP/1.0" | "HTTP/1.1";
  /** The authority to be served: of an absolute-form target, else the Host field. */
  readonly host: string | undefined;
  /** Field names and, at the same index, their values. */
  readonly names: readonly FieldName[];
  readonly values: readonly string[];
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  /** Whether some field is a proxy's word: Forwarded or X-Forwarded-*. */
  readonly isForwarded: boolean;
  /** Whether some meta-variable is told by more than one field. */
  readonly repeatsFields: boolean;
  /**
   * The protocols that the client would rather speak on this connection, as its Upgrade field has them;
   * missing where it asks for none, or HTTP has more to come on it: a body, or the end.
   */
  readonly upgrade?: string | undefined;
}

/** A final response's status line and header fields, checked by `makeResponseHead`. */
export interface ResponseHead {
  readonly type: "response-head";
  /** `200 OK`. */
  readonly status: string;
  readonly statusCode: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  readonly hasServer: boolean;
  readonly hasRequestId: boolean;
}

/** A 1xx response, which a final one follows (RFC 9110 §15.2). */
export interface InformationalHead {
  readonly type: "informational-head";
  readonly status: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Some bytes of a body. */
export interface Data {
  readonly type: "data";
  readonly data: Uint8Array;
}

export interface EndOfMessage {
  readonly type: "end-of-message";
}

/** RFC 9110 §7.8: what follows is no HTTP, in either direction. */
export interface ProtocolSwitch {
  readonly type: "protocol-switch";
}

export interface ConnectionClosed {
  readonly type: "connection-closed";
}

export type ClientEvent = RequestHead | Data | EndOfMessage | ConnectionClosed;
export type ServerEvent = InformationalHead | ResponseHead | Data | EndOfMessage | ConnectionClosed;

export const END_OF_MESSAGE: EndOfMessage = { type: "end-of-message" };
export const CONNECTION_CLOSED: ConnectionClosed = { type: "connection-closed" };
