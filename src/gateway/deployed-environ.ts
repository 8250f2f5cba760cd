/** What whoever deploys puts into every environ (PEP 3333, "Application Configuration"). */

import { shown } from "../log/escapes.ts";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { NativeString } from "../wsgi/types.ts";

export class DeployedEnvironError extends Error {
  override readonly name = "DeployedEnvironError";
}

/** What a request says, or the server itself: an application must be able to believe it. */
const TAKEN =
  /^(REQUEST_METHOD|SCRIPT_NAME|PATH_INFO|QUERY_STRING|REQUEST_URI|RAW_URI|CONTENT_TYPE|CONTENT_LENGTH|SERVER_NAME|SERVER_PORT|SERVER_PROTOCOL|SERVER_SOFTWARE|REMOTE_ADDR|REMOTE_PORT|SSL_PROTOCOL|SSL_CIPHER|SSL_CLIENT_.*|HTTP_.*|wsgi\..*|portico\..*)$/;

/**
 * Texts as native strings: what is not ASCII becomes the bytes of its UTF-8.
 * @throws {DeployedEnvironError} a name is none, or one that is not for deployers to say
 */
export function deployedEnviron(
  entries: Readonly<Record<string, string>>,
): Readonly<Record<string, NativeString>> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => {
      if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
        const form = "letters, digits, dots, hyphens and underscores";
        throw new DeployedEnvironError(`${shown(name)} is no name for environ; use ${form}`);
      }
      if (TAKEN.test(name)) {
        const remedy = "choose a name of your own, such as mysite.database";
        throw new DeployedEnvironError(`${name} is what the server says of a request; ${remedy}`);
      }
      return [name, encodeUtf8(value)];
    }),
  );
}
