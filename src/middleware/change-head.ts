/** Changing the head of answers, and nothing else of them. */
import type { Application, Environ, HeaderList } from "../wsgi/types.ts";

export interface Head {
  readonly status: string;
  readonly headers: HeaderList;
}

/**
 * Calls `change` with a copy of each head that the application gives. Body, `write`, `close`, early
 * hints and errors pass untouched.
 */
export function changeHead(
  application: Application,
  change: (head: Head, environ: Environ) => Head,
): Application {
  return (environ, startResponse) =>
    application(environ, (status, headers, excInfo) => {
      const head = change({ status, headers: headers.slice() }, environ);
      return startResponse(head.status, head.headers, excInfo);
    });
}
