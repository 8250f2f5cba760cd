/** start_response and write() as the application is given them: passed on, and judged. */
import type { HeadFacts } from "./body-rules.ts";
import type { Exchange } from "./exchange.ts";
import { HEADER_RULES } from "./header-rules.ts";
import { WRITE_RULES } from "./input-rules.ts";
import { MIDDLEWARE_RULES } from "./middleware-rules.ts";
import { headersOf, START_RESPONSE_RULES, STARTED_RULES } from "./start-response-rules.ts";

/** A function of the other side, of which nothing is certain. */
export type AnyFunction = (...parameters: readonly unknown[]) => unknown;

export function watchedStartResponse(
  startResponse: AnyFunction,
  exchange: Exchange,
  isHead: boolean,
): AnyFunction {
  return (...parameters) => {
    const gaveExcInfo = parameters[2] !== undefined && parameters[2] !== null;
    judgeStart(exchange, parameters, gaveExcInfo);
    exchange.wasStarted = true;
    exchange.isGivingExcInfo = gaveExcInfo;
    let write: unknown;
    try {
      write = startResponse(...parameters);
    } catch (error) {
      exchange.serversErrors.add(error);
      exchange.mustThrow = gaveExcInfo;
      throw error;
    } finally {
      exchange.isGivingExcInfo = false;
    }
    exchange.judge(STARTED_RULES, { write });
    exchange.head = headFacts(parameters, isHead);
    // Whatever is no function is the server's fault, and told of.
    return typeof write === "function" ? watchedWrite(write as AnyFunction, exchange) : write;
  };
}

function judgeStart(
  exchange: Exchange,
  parameters: readonly unknown[],
  gaveExcInfo: boolean,
): void {
  const { wasStarted: isRepeated, isTakenOver } = exchange;
  exchange.judge(START_RESPONSE_RULES, { parameters, isRepeated, isTakenOver });
  for (const header of headersOf(parameters[1])) exchange.judge(HEADER_RULES, header);
  const innerGaveExcInfo = exchange.inner.some((inner) => inner.isGivingExcInfo);
  exchange.judge(MIDDLEWARE_RULES, { event: "start_response", innerGaveExcInfo, gaveExcInfo });
}

function headFacts([status, headers]: readonly unknown[], isHead: boolean): HeadFacts {
  const given = headersOf(headers);
  const valueFor = (wanted: string): string | undefined =>
    given.find(({ name }) => name.toLowerCase() === wanted)?.value;
  const length = valueFor("content-length");
  const isNumber = length !== undefined && /^[0-9]+$/.test(length);
  return {
    statusCode: typeof status === "string" ? Number(status.slice(0, 3)) : Number.NaN,
    hasContentType: valueFor("content-type") !== undefined,
    contentLength: isNumber ? Number(length) : undefined,
    isHead,
  };
}

function watchedWrite(write: AnyFunction, exchange: Exchange): AnyFunction {
  return (...parameters) => {
    const [data] = parameters;
    exchange.judge(WRITE_RULES, { data, stage: exchange.stage, isRepeated: exchange.hasWritten });
    exchange.hasWritten = true;
    exchange.wrote(data);
    exchange.pendingWrites += 1;
    let written: unknown;
    try {
      written = write(...parameters);
    } catch (error) {
      exchange.pendingWrites -= 1;
      exchange.serversErrors.add(error);
      throw error;
    }
    if (written instanceof Promise) followWrite(written, exchange);
    else exchange.pendingWrites -= 1;
    return written;
  };
}

/** The application gets the very promise; that lint hears of it must not change what it is. */
function followWrite(written: Promise<unknown>, exchange: Exchange): void {
  const settled = (): void => {
    exchange.pendingWrites -= 1;
  };
  written.then(settled, (error) => {
    settled();
    exchange.serversErrors.add(error);
  });
}
