/** What proxies say of their clients, for applications behind servers that do not look at it. */
import { type ForwardedTrust, readForwarded } from "../gateway/forwarded.ts";
import { FORWARDED_KINDS, type ForwardedKind, isBelieved } from "../gateway/forwarded-kinds.ts";
import { factsBehind, type SaidByProxies } from "../gateway/forwarding-peer.ts";
import { TrustedPeers } from "../gateway/trusted-peers.ts";
import { RemoteProtocolError } from "../http/errors.ts";
import { type FieldName, fieldName } from "../http/fields.ts";
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import { fieldNameOf } from "../wsgi/environ-fields.ts";
import type { Environ, Middleware } from "../wsgi/types.ts";
import { OptionJudge } from "./option-error.ts";

export interface ProxyHeadersOptions {
  /** Addresses and networks with commas between them (`127.0.0.1,10.0.0.0/8`), or `*`; nobody if not given. */
  readonly trusted?: string;
  /** What is believed of them; all if not given. */
  readonly believed?: readonly ForwardedKind[];
}

/** What the fields of proxies are called in an environ. */
const FORWARDED = /^HTTP_(?:FORWARDED$|X_FORWARDED_)/;

const judge = new OptionJudge("proxyHeaders");

/**
 * Puts what Forwarded (RFC 7239) and X-Forwarded-* say into REMOTE_ADDR, `wsgi.url_scheme`, HTTP_HOST,
 * SERVER_PORT and SCRIPT_NAME, where REMOTE_ADDR is trusted; else applications are not shown these fields.
 * What contradicts itself is a 400. Portico's server does the same (`--forwarded-allow-ips`): behind it
 * this is of no use, and without a list of trusted peers it does nothing.
 *
 * @example
 * const application = proxyHeaders({ trusted: "10.0.0.0/8" })(shop);
 *
 * @throws {OptionError} the list has an entry that is none
 */
export function proxyHeaders(options: ProxyHeadersOptions = {}): Middleware {
  const { trusted, believed = FORWARDED_KINDS } = options;
  for (const kind of believed) {
    judge.must(FORWARDED_KINDS.includes(kind), "believed", `has ${JSON.stringify(kind)}`);
  }
  if (trusted === undefined) return (application) => application;
  const trust = { peers: peersOf(trusted), believed: new Set(believed) };
  return (application) => (environ, startResponse) => {
    const fields = Object.keys(environ).filter((name) => FORWARDED.test(name));
    if (fields.length === 0) return application(environ, startResponse);
    let behind: Environ;
    try {
      behind = behindProxies(environ, fields.flatMap(recordOf), trust);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      return respond(new HttpError(400).response(), environ, startResponse);
    }
    return application(behind, startResponse);
  };
}

function peersOf(list: string): TrustedPeers {
  try {
    return new TrustedPeers(list);
  } catch (error) {
    return judge.cannot("trusted", "is no list of addresses", error);
  }
}

/** An environ has names of its own for fields; none of those of proxies has an underscore. */
function recordOf(variable: string): readonly FieldName[] {
  const name = fieldName(fieldNameOf(variable));
  return name === undefined ? [] : [name];
}

/** @throws {RemoteProtocolError} what a trusted proxy says is malformed, or contradicts itself */
function behindProxies(
  environ: Environ,
  names: readonly FieldName[],
  trust: ForwardedTrust,
): Environ {
  // Empty where a server does not know: only "*" trusts that.
  const isTrusted = trust.peers.trustsPeer(environ.REMOTE_ADDR ?? "");
  const behind = isTrusted ? withFacts(environ, names, trust) : { ...environ };
  for (const { lower, metaVariable } of names) {
    if (!isTrusted || !isBelieved(lower, trust.believed)) delete behind[metaVariable];
  }
  return behind;
}

function withFacts(environ: Environ, names: readonly FieldName[], trust: ForwardedTrust): Environ {
  const values = names.map(({ metaVariable }) => environ[metaVariable] ?? "");
  const known = {
    serverPort: environ.SERVER_PORT,
    remoteAddress: environ.REMOTE_ADDR ?? "",
    remotePort: environ.REMOTE_PORT ?? "",
    scheme: environ["wsgi.url_scheme"],
    scriptName: "",
    host: undefined,
    believed: undefined,
  };
  const facts = factsBehind<SaidByProxies>(known, readForwarded({ names, values }, trust), trust);
  return {
    ...environ,
    SERVER_PORT: facts.serverPort,
    REMOTE_ADDR: facts.remoteAddress,
    ...(environ.REMOTE_PORT !== undefined && { REMOTE_PORT: facts.remotePort }),
    "wsgi.url_scheme": facts.scheme,
    // What is mounted here stands below the prefix that the proxy took away.
    SCRIPT_NAME: facts.scriptName + environ.SCRIPT_NAME,
    ...(facts.host !== undefined && { HTTP_HOST: facts.host }),
  };
}
