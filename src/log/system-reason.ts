/** Why a call to the system failed, in words. */
import { getSystemErrorMap } from "node:util";

/** As `permission denied (EACCES)`; of any other error its message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const reason = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return reason === undefined ? message : `${reason} (${code})`;
}
