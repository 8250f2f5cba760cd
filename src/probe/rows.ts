/** Every row that a server is judged by, in the order of the table. */
import { ROW_GROUPS, type Row } from "./row.ts";
import { BAD_CLIENT_ROWS } from "./rows/bad-client-rows.ts";
import { BAD_HEAD_ROWS } from "./rows/bad-head-rows.ts";
import { BODY_ROWS } from "./rows/body-rows.ts";
import { CALL_ROWS } from "./rows/call-rows.ts";
import { CGI_ROWS } from "./rows/cgi-rows.ts";
import { CLOSE_ROWS } from "./rows/close-rows.ts";
import { CONCURRENCY_ROWS } from "./rows/concurrency-rows.ts";
import { CONNECTION_ROWS } from "./rows/connection-rows.ts";
import { ENVIRON_ROWS } from "./rows/environ-rows.ts";
import { ERROR_ROWS } from "./rows/error-rows.ts";
import { FIELD_ROWS } from "./rows/field-rows.ts";
import { FILE_ROWS } from "./rows/file-rows.ts";
import { FRAMING_ROWS } from "./rows/framing-rows.ts";
import { HEADER_FIELD_ROWS } from "./rows/header-field-rows.ts";
import { HIDDEN_REQUEST_ROWS } from "./rows/hidden-request-rows.ts";
import { INPUT_ROWS } from "./rows/input-rows.ts";
import { LENGTH_ROWS } from "./rows/length-rows.ts";
import { REQUEST_LINE_ROWS } from "./rows/request-line-rows.ts";
import { RESPONSE_HEAD_ROWS } from "./rows/response-head-rows.ts";
import { SIZE_LIMIT_ROWS } from "./rows/size-limit-rows.ts";
import { START_RESPONSE_ROWS } from "./rows/start-response-rows.ts";
import { TRANSFER_ROWS } from "./rows/transfer-rows.ts";

const ALL: readonly Row[] = [
  ...CALL_ROWS,
  ...CONCURRENCY_ROWS,
  ...ENVIRON_ROWS,
  ...CGI_ROWS,
  ...FIELD_ROWS,
  ...INPUT_ROWS,
  ...TRANSFER_ROWS,
  ...START_RESPONSE_ROWS,
  ...BAD_HEAD_ROWS,
  ...RESPONSE_HEAD_ROWS,
  ...BODY_ROWS,
  ...LENGTH_ROWS,
  ...CLOSE_ROWS,
  ...ERROR_ROWS,
  ...FILE_ROWS,
  ...CONNECTION_ROWS,
  ...REQUEST_LINE_ROWS,
  ...HEADER_FIELD_ROWS,
  ...FRAMING_ROWS,
  ...HIDDEN_REQUEST_ROWS,
  ...SIZE_LIMIT_ROWS,
  ...BAD_CLIENT_ROWS,
];

export const ROWS: readonly Row[] = ROW_GROUPS.flatMap((group) =>
  ALL.filter((row) => row.group === group),
);
