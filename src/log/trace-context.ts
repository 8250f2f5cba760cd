/** W3C Trace Context: which trace a request belongs to, as its `traceparent` field says. */

/** As OpenTelemetry names them in logs that are not its own. */
export interface TraceContext {
  readonly trace_id: string;
  /** The caller's span: the server makes none. */
  readonly span_id: string;
  readonly trace_flags: string;
}

const TRACEPARENT =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-[^,]*)?$/;

/**
 * Undefined where the field is not valid (W3C Trace Context §3.2.2.3, §4.3): the trace is then
 * unknown. Versions to come may add to what version 00 ends with.
 */
export function traceContextOf(traceparent: string | undefined): TraceContext | undefined {
  if (traceparent === undefined) return undefined;
  const [, version, trace_id = "", span_id = "", trace_flags = "", more] =
    TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return undefined;
  return { trace_id, span_id, trace_flags };
}
