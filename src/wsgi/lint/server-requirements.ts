/**
 * What a server owes and no lint can see from within: `portico probe` judges it from outside. The
 * comments are the text of the specification.
 */
import type { Requirement } from "./rule.ts";

export const SERVER_REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  /**
   * A server MUST call the application once for each request that is meant for it, and not at all
   * for one that it refuses; it can call one application any number of times.
   */
  "called-once-a-request": {
    side: "server",
    level: "MUST",
    section: "Specification Overview",
    rows: ["S1", "S2"],
  },

  /** An exception in an application MUST NOT end the server, nor harm another request. */
  "survives-exceptions": {
    side: "server",
    level: "MUST",
    section: "Specification Overview",
    rows: ["S92"],
  },

  /**
   * An application MAY do with its environ whatever objects allow, emptying it included, and the
   * server MUST NOT be harmed: neither its log nor the connection nor the next request, which has
   * an environ of its own.
   */
  "environ-belongs-to-application": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S5", "A8"],
  },

  /**
   * A server MUST NOT use anything of the returned object but its iterators and `close()`, unless
   * the object is its own: an array, whose length is then known, or what its `wsgi.file_wrapper`
   * made. It may rely on a length that works, and MUST do without one that does not.
   */
  "uses-iterator-and-close-alone": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S12", "S15"],
  },

  /** Bytes MUST go out as they are: no line end and no character set is changed. */
  "bytes-unchanged": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S10"],
  },

  /**
   * `HTTP_*` variables MUST be those of the request's header fields, and no others: upper case, a
   * hyphen is an underscore, and fields of one name are joined by a comma, cookies by a semicolon.
   */
  "environ-headers": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S26", "S30"],
  },

  /**
   * A server SHOULD give the other variables of CGI that apply, such as REMOTE_ADDR and, under TLS,
   * HTTPS and those of mod_ssl, and SHOULD document which it gives.
   */
  "environ-more-variables": {
    side: "server",
    level: "SHOULD",
    section: "environ Variables",
    rows: ["S27", "S28", "S29", "S32"],
  },

  /**
   * `wsgi.errors` SHOULD take any text without throwing, and put something in the place of what
   * its log cannot hold; where the text ends up is documented.
   */
  "errors-take-any-text": {
    side: "server",
    level: "SHOULD",
    section: "Input and Error Streams",
    rows: ["S35", "S44", "S45"],
  },

  /**
   * Lines of `wsgi.input` MUST end behind each LF and nowhere else, at the end of the body without
   * one; a size cuts them. A read of 0 bytes is empty and not the end.
   */
  "input-lines": {
    side: "server",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["S40", "S42"],
  },

  /**
   * start_response MUST NOT send anything: the head is kept until the first byte string that is not
   * empty, the first write() of one, or the end of the body, so that it can still be replaced.
   */
  "head-waits-for-body": {
    side: "server",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["S46", "S55"],
  },

  /** What is wrong with status or headers SHOULD be thrown by start_response itself. */
  "head-refused-at-once": {
    side: "server",
    level: "SHOULD",
    section: "The start_response() Callable",
    rows: ["S47", "S48", "S49", "S50", "S51", "S71"],
  },

  /**
   * A server MUST add the headers that HTTP asks for and the application left out, such as Date, and
   * MUST NOT double those that it gave; it compares names without their letter case.
   */
  "head-completed": {
    side: "server",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["S53", "S54"],
  },

  /**
   * Where the head has been sent, start_response MUST throw what it is given as exc_info, that very
   * `Error`, and the answer is cut so that nobody takes it for whole. It keeps no reference to it.
   */
  "exc-info-thrown": {
    side: "server",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["S56", "S57", "S58"],
  },

  /**
   * A server MUST NOT send more than Content-Length, and stops asking for items when it has so
   * much; of less it makes an answer that is seen to be cut, and a line in its log.
   */
  "content-length-kept": {
    side: "server",
    level: "MUST",
    section: "Handling the Content-Length Header",
    rows: ["S59", "S60", "S61", "S62"],
  },

  /**
   * A body without a Content-Length MUST be framed as HTTP has it: the server MAY compute the length
   * of a body that is all there, else it uses chunked coding for HTTP/1.1 clients or closes the
   * connection at the end. Empty items send nothing, and never a chunk of no bytes.
   */
  "body-framed": {
    side: "server",
    level: "MUST",
    section: "Handling the Content-Length Header",
    rows: ["S63", "S64", "S65"],
  },

  /**
   * A server MUST NOT hold an item back: before it asks for the next one, the last is given to the
   * operating system, or certain to go out while the application works on.
   */
  "items-not-held-back": {
    side: "server",
    level: "MUST",
    section: "Buffering and Streaming",
    rows: ["S9", "S66"],
  },

  /** What is written MUST go out before what is yielded, each in its order, and as promptly. */
  "written-before-yielded": {
    side: "server",
    level: "MUST",
    section: "The write() Callable",
    rows: ["S67", "S68"],
  },

  /** A server SHOULD catch and log what ends an application, and answer 500 if nothing was sent. */
  "exceptions-logged": {
    side: "server",
    level: "SHOULD",
    section: "Error Handling",
    rows: ["S72", "S73"],
  },

  /**
   * `Expect: 100-continue` MUST be served without the application's help: `100 Continue` is sent at
   * once, or when the input is first read.
   */
  "expect-continue": {
    side: "server",
    level: "MUST",
    section: "HTTP 1.1 Expect/Continue",
    rows: ["S74"],
  },

  /** A server SHOULD change nothing that alters what a response means: order, case, repetition stay. */
  "plays-dumb": {
    side: "server",
    level: "SHOULD",
    section: "Other HTTP Features",
    rows: ["S11", "S75", "S77"],
  },

  /** Hop-by-hop fields of a request, and its transfer coding, MUST be the server's business alone. */
  "inbound-hop-by-hop": {
    side: "server",
    level: "MUST",
    section: "Other HTTP Features",
    rows: ["S76"],
  },

  /** A server that runs calls in parallel SHOULD be able to run one at a time, and say so in the flags. */
  "single-threaded-mode": {
    side: "server",
    level: "SHOULD",
    section: "Thread Support",
    rows: ["S78"],
  },

  /**
   * An extension that does in another way what WSGI does MUST be reached through the part of WSGI
   * that it stands for, so that a middleware that replaces that part replaces the extension, too.
   */
  "extensions-can-be-wrapped": {
    side: "server",
    level: "MUST",
    section: "Server Extension APIs",
    rows: ["S79", "S80", "M12"],
  },

  /** A server SHOULD document how an application is named and configured. */
  "configuration-documented": {
    side: "server",
    level: "SHOULD",
    section: "Application Configuration",
    rows: ["S81", "S91"],
  },

  /**
   * The URL of the request MUST be what these make in this order: `wsgi.url_scheme`, `://`,
   * HTTP_HOST or else SERVER_NAME and SERVER_PORT, SCRIPT_NAME, PATH_INFO, `?` and QUERY_STRING,
   * the paths percent-encoded.
   */
  "url-reconstructed": {
    side: "server",
    level: "MUST",
    section: "URL Reconstruction",
    rows: ["S82"],
  },

  /**
   * `wsgi.file_wrapper(file, blockSize?)`, where a server has it, MUST return an iterable that gives
   * the file's bytes from where it stands, whether or not the server can send them in a faster way,
   * and whose `close()` closes the file. Nothing is sent before the server has it back.
   */
  "file-wrapper": {
    side: "server",
    level: "MUST",
    section: "Optional Platform-Specific File Handling",
    rows: ["S83", "S84", "S85", "S86", "S87", "S88", "S89", "S90"],
  },
};
