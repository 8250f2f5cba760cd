/**
 * Which media types are worth compressing: text, and the few others that are not compressed already.
 * The names are those of IANA's registry; suffixes are those of RFC 6839.
 */

const OTHERS: ReadonlySet<string> = new Set([
  "application/ecmascript",
  "application/graphql",
  "application/javascript",
  "application/json",
  "application/json5",
  "application/n-quads",
  "application/n-triples",
  "application/postscript",
  "application/rtf",
  "application/sql",
  "application/toml",
  "application/trig",
  "application/vnd.apple.mpegurl",
  "application/vnd.ms-fontobject",
  "application/wasm",
  "application/x-javascript",
  "application/x-ndjson",
  "application/x-www-form-urlencoded",
  "application/xml",
  "application/xml-dtd",
  "application/yaml",
  "font/collection",
  "font/otf",
  "font/ttf",
  "image/bmp",
  "image/vnd.microsoft.icon",
  "image/x-icon",
  "model/gltf-binary",
  "model/obj",
  "model/stl",
]);

const TEXT = /^text\/|\+(?:json|json-seq|xml|yaml|text)$/;

/** Whether a representation with this Content-Type, parameters and all, is likely to become smaller. */
export function isCompressible(contentType: string): boolean {
  const [essence = ""] = contentType.split(";", 1);
  const type = essence.trim().toLowerCase();
  return TEXT.test(type) || OTHERS.has(type);
}
