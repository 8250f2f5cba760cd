/** Asks for a name and a password (RFC 7617) before the application is called. */

import { isUtf8 } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { responseOfError } from "../messages/answer.ts";
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ, Middleware, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { OptionError } from "./option-error.ts";

/** Whether this name has this password; takes as long for a name that nobody has, if it can. */
export type VerifyPassword = (
  user: string,
  password: string,
  environ: Environ,
) => boolean | Promise<boolean>;

export interface BasicAuthOptions {
  /** What browsers show, and what the password is for; `Restricted` if not given. */
  readonly realm?: string;
  /** Passwords by name, for a few users; where there are many, keep hashes and give `verify`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Asked in place of `users`. */
  readonly verify?: VerifyPassword;
}

/**
 * Answers 401 unless the request has the name and password of a user. The application finds the
 * name in REMOTE_USER, as UTF-8, and `Basic` in AUTH_TYPE. Without https both travel unencrypted.
 * @throws {OptionError}
 * @example
 * export default basicAuth({ realm: "Staging", users: { ada: password } })(application);
 */
export function basicAuth(options: BasicAuthOptions): Middleware {
  const verify = verifierOf(options);
  const refuse = refusal(options.realm ?? "Restricted");
  return (application) => (environ, startResponse) => {
    const credentials = credentialsOf(environ.HTTP_AUTHORIZATION ?? "");
    if (credentials === undefined) return refuse(environ, startResponse);
    const { user, password } = credentials;
    const answer = (isKnown: boolean): ResponseBody | Promise<ResponseBody> => {
      if (!isKnown) return refuse(environ, startResponse);
      const within = { ...environ, REMOTE_USER: encodeUtf8(user), AUTH_TYPE: "Basic" };
      return application(within, startResponse);
    };
    const isKnown = verify(user, password, environ);
    return typeof isKnown === "boolean" ? answer(isKnown) : isKnown.then(answer);
  };
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
/** RFC 7617 §2: neither has control characters. */
const CONTROL = /[\x00-\x1f\x7f]/;

/** RFC 7617 §2: the name ends at the first colon. Undefined where the field is no such thing. */
function credentialsOf(field: string): Credentials | undefined {
  const [, base64] = BASIC.exec(field) ?? [];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  const pair = bytes.toString("utf8");
  const colon = pair.indexOf(":");
  // The challenge asks for UTF-8.
  if (colon < 0 || CONTROL.test(pair) || !isUtf8(bytes)) return undefined;
  return { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** @throws {OptionError} */
function verifierOf({ users, verify }: BasicAuthOptions): VerifyPassword {
  if (verify !== undefined && users === undefined) return verify;
  if (users === undefined || verify !== undefined) {
    throw new OptionError("basicAuth", "users", "or verify is to be given, and one of them alone");
  }
  const passwords = new Map(Object.entries(users));
  for (const [user, password] of passwords) {
    if (user.includes(":") || CONTROL.test(user + password) || password === "") {
      throw new OptionError(
        "basicAuth",
        "users",
        `has ${JSON.stringify(user)}, with a colon, a control character or no password`,
      );
    }
  }
  return comparing(passwords);
}

/** Compares digests by a key of this process: their time tells nothing, not even a length. */
function comparing(passwords: ReadonlyMap<string, string>): VerifyPassword {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const digests = new Map([...passwords].map(([user, password]) => [user, digest(password)]));
  // Nobody's password: a name that nobody has is compared, too.
  const nobody = randomBytes(32);
  return (user, password) => timingSafeEqual(digests.get(user) ?? nobody, digest(password));
}

type Refuse = (environ: Environ, startResponse: StartResponse) => ResponseBody;

/** @throws {OptionError} */
function refusal(realm: string): Refuse {
  if (!/^[\x20-\x7e]*$/.test(realm)) {
    throw new OptionError("basicAuth", "realm", "has a character that is not printable ASCII");
  }
  const challenge = `Basic realm="${realm.replaceAll(/["\\]/g, "\\$&")}", charset="UTF-8"`;
  return (environ, startResponse) => {
    const error = new HttpError(401, undefined, { challenge });
    return respond(responseOfError(error, environ), environ, startResponse);
  };
}
