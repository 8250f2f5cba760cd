/** The public names, re-exported; the only file that re-exports. */
export type {
  Application,
  Environ,
  ErrorStream,
  HeaderList,
  InputStream,
  Middleware,
  NativeString,
  ResponseBody,
  StartResponse,
  Write,
} from "./wsgi/types.ts";
