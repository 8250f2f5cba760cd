/** All rows, in the order of the table. */
import type { Row } from "./row.ts";
import { BAD_CLIENT_ROWS } from "./rows/bad-client-rows.ts";
import { FRAMING_ROWS } from "./rows/framing-rows.ts";
import { HEADER_FIELD_ROWS } from "./rows/header-field-rows.ts";
import { HIDDEN_REQUEST_ROWS } from "./rows/hidden-request-rows.ts";
import { REQUEST_LINE_ROWS } from "./rows/request-line-rows.ts";
import { SIZE_LIMIT_ROWS } from "./rows/size-limit-rows.ts";

export const ROWS: readonly Row[] = [
  ...REQUEST_LINE_ROWS,
  ...HEADER_FIELD_ROWS,
  ...FRAMING_ROWS,
  ...HIDDEN_REQUEST_ROWS,
  ...SIZE_LIMIT_ROWS,
  ...BAD_CLIENT_ROWS,
];
