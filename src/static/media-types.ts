/**
 * Media types by the ending of a file's name.
 *
 * The names are those of IANA's registry (https://www.iana.org/assignments/media-types), with the
 * endings that each registration states; for JavaScript the one of RFC 9239. Two that the registry
 * lacks, and browsers know, are from MDN's list of common types: `audio/wav` and `video/x-msvideo`.
 */

const UNKNOWN = "application/octet-stream";

const ENDINGS: Readonly<Record<string, string>> = {
  "application/atom+xml": "atom",
  "application/epub+zip": "epub",
  "application/geo+json": "geojson",
  "application/gzip": "gz tgz",
  "application/java-archive": "jar",
  "application/json": "json map",
  "application/json5": "json5",
  "application/ld+json": "jsonld",
  "application/manifest+json": "webmanifest",
  "application/msword": "doc",
  "application/n-triples": "nt",
  "application/ogg": "ogx",
  "application/pdf": "pdf",
  "application/rdf+xml": "rdf",
  "application/rss+xml": "rss",
  "application/rtf": "rtf",
  "application/sql": "sql",
  "application/vnd.apple.mpegurl": "m3u8",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-fontobject": "eot",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.sqlite3": "sqlite",
  "application/wasm": "wasm",
  "application/x-7z-compressed": "7z",
  "application/x-bzip2": "bz2",
  "application/x-tar": "tar",
  "application/x-xz": "xz",
  "application/xhtml+xml": "xhtml",
  "application/xml": "xml xsd",
  "application/xslt+xml": "xslt",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "application/zstd": "zst",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/matroska": "mka",
  "audio/midi": "mid midi",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/ogg": "oga ogg opus",
  "audio/wav": "wav",
  "audio/webm": "weba",
  "font/collection": "ttc",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/apng": "apng",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/gif": "gif",
  "image/heic": "heic",
  "image/heif": "heif",
  "image/jpeg": "jpg jpeg",
  "image/jxl": "jxl",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/tiff": "tif tiff",
  "image/vnd.microsoft.icon": "ico",
  "image/webp": "webp",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "model/obj": "obj",
  "model/stl": "stl",
  "text/calendar": "ics",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html htm",
  "text/javascript": "js mjs cjs",
  "text/markdown": "md markdown",
  "text/plain": "txt text log conf ini",
  "text/tab-separated-values": "tsv",
  "text/turtle": "ttl",
  "text/vcard": "vcf",
  "text/vtt": "vtt",
  "video/matroska": "mkv",
  "video/mp2t": "ts",
  "video/mp4": "mp4 m4v",
  "video/mpeg": "mpeg mpg",
  "video/ogg": "ogv",
  "video/quicktime": "mov",
  "video/webm": "webm",
  "video/x-msvideo": "avi",
};

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(ENDINGS).flatMap(([type, endings]) =>
    endings.split(" ").map((ending) => [ending, withCharset(type)] as const),
  ),
);

/** JSON and XML say their own encoding (RFC 8259 §8.1, RFC 7303 §3); text without a word is guessed. */
function withCharset(type: string): string {
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** By the last ending of a path, whatever its case; `more` comes first, as `{ ".glsl": "text/plain" }`. */
export function mediaType(path: string, more: Readonly<Record<string, string>> = {}): string {
  const ending = endingOf(path);
  if (Object.hasOwn(more, `.${ending}`)) return more[`.${ending}`] ?? UNKNOWN;
  return TYPES.get(ending) ?? UNKNOWN;
}

/** In lower case and without its dot; empty for `name` and `.name`. */
export function endingOf(path: string): string {
  return (/[^/]\.([^./]+)$/.exec(path)?.[1] ?? "").toLowerCase();
}
