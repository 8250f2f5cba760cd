/** Changing the head of answers, and nothing else of them. */
import type { Application, Environ, HeaderList } from "../wsgi/types.ts";

export interface Head {
  readonly status: string;
  readonly headers: HeaderList;
}

/**
 * Calls `change` with a copy of each head that the application gives. Body, `write`, `close`, early
 * hints and errors pass untouched; what is no list of fields does, too: the server refuses it.
 */
export function changeHead(
  application: Application,
  change: (head: Head, environ: Environ) => Head,
): Application {
  return (environ, startResponse) =>
    application(environ, (status, headers, excInfo) => {
      if (!areFields(headers)) return startResponse(status, headers, excInfo);
      const head = change({ status, headers: headers.slice() }, environ);
      return startResponse(head.status, head.headers, excInfo);
    });
}

/** Whatever its type says: an application may be plain JavaScript. */
export function areFields(headers: unknown): boolean {
  return (
    Array.isArray(headers) &&
    headers.every((field) => Array.isArray(field) && typeof field[0] === "string")
  );
}
