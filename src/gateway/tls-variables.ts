/**
 * What applications are told of a client's TLS, by the names of Apache's mod_ssl (PEP 3333, "environ
 * Variables"): from the connection alone, since what a field says of a certificate anybody can say.
 */
import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { NativeString } from "../wsgi/types.ts";
import { isEncrypted } from "./transport.ts";

export type TlsVariables = Readonly<Record<`SSL_${string}`, NativeString>>;

/** Undefined where this process does not speak TLS with the client. */
export function tlsVariables(socket: Socket): TlsVariables | undefined {
  if (!isEncrypted(socket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return {
    SSL_PROTOCOL: socket.getProtocol() ?? "",
    // Without its handle, as of a client that has left, there is none, whatever the types say.
    SSL_CIPHER: (socket.getCipher() as { readonly name: string } | undefined)?.name ?? "",
    SSL_CLIENT_VERIFY: certificate === undefined ? "NONE" : outcomeOf(socket),
    ...(certificate && certificateVariables(certificate)),
  };
}

/** Of a server of Portico's own only SUCCESS gets here. */
function outcomeOf({ authorized, authorizationError }: TLSSocket): NativeString {
  return authorized ? "SUCCESS" : `FAILED:${authorizationError}`;
}

function certificateVariables(certificate: X509Certificate): TlsVariables {
  const { subject, issuer, serialNumber, validFrom, validTo } = certificate;
  const { CN: names } = certificate.toLegacyObject().subject ?? {};
  const [name] = [names].flat();
  return {
    SSL_CLIENT_S_DN: distinguishedName(subject),
    ...(name !== undefined && { SSL_CLIENT_S_DN_CN: encodeUtf8(name) }),
    SSL_CLIENT_I_DN: distinguishedName(issuer),
    SSL_CLIENT_M_SERIAL: serialNumber,
    SSL_CLIENT_V_START: validFrom,
    SSL_CLIENT_V_END: validTo,
    SSL_CLIENT_CERT: certificate.toString(),
  };
}

/** RFC 2253, as mod_ssl has it: Node.js escapes in that way too, but writes a line for each part, the widest first. */
function distinguishedName(lines: string): NativeString {
  return encodeUtf8(lines.replaceAll(" + ", "+").split("\n").reverse().join(","));
}
