/** The grammar of HTTP/1.1 messages as regular expressions, each under its rule in the RFC. */

// RFC 9110 §5.6.2: token = 1*tchar
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

// RFC 9110 §5.5: field-value holds VCHAR, obs-text, SP and HTAB; CR, LF and NUL never.
export const NOT_IN_FIELD_VALUE: RegExp = /[^\t\x20-\x7e\x80-\xff]/;

// RFC 9112 §2.2: what may not stand in a head, line ends aside.
export const CONTROL_IN_HEAD: RegExp = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

// RFC 9112 §3.2: a request-target is URI text: visible ASCII, without a fragment (RFC 3986 §3.5).
export const REQUEST_TARGET: RegExp = /^[!"$-~]+$/;

// RFC 9112 §3.2.2: absolute-form = absolute-URI, of the schemes a server of ours can serve
export const ABSOLUTE_FORM: RegExp = /^(https?):\/\/([^/?]*)(.*)$/i;

// RFC 9110 §8.6: Content-Length = 1*DIGIT. Fifteen digits are still exact as a number.
export const CONTENT_LENGTH: RegExp = /^[0-9]{1,15}$/;

// RFC 9112 §7: transfer-coding = token *( OWS ";" OWS token BWS "=" BWS ( token / quoted-string ) )
export const TRANSFER_CODING: RegExp =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[\t ]*;[\t ]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+[\t ]*=[\t ]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"[^"\\]*"))*$/;

// RFC 9110 §7.2 and RFC 3986 §3.2.2: Host = uri-host [ ":" port ], without userinfo
export const HOST: RegExp =
  /^(?:\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[0-9A-Za-z\-._~!$&'()*+,;=:]+)\]|(?:[0-9A-Za-z\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+)(?::[0-9]{0,5})?$/;

// RFC 9112 §2.3: HTTP-version = HTTP-name "/" DIGIT "." DIGIT
export const HTTP_VERSION: RegExp = /^HTTP\/([0-9])\.([0-9])$/;

// RFC 9112 §7.1: chunk-size = 1*HEXDIG. Thirteen digits are still exact as a number.
// RFC 9112 §7.1.1: chunk-ext, without the "bad" white space that only breaks parsers apart.
export const CHUNK_HEAD: RegExp =
  /^([0-9A-Fa-f]{1,13})((?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"))?)*)$/;

// RFC 9110 §15: status-code = 3DIGIT, 100 to 599; PEP 3333: "NNN Reason", one space between them,
// none around, and no control character
export const STATUS: RegExp =
  /^[1-5][0-9]{2} [\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
