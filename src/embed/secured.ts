/** Addresses whose clients are to speak TLS. */
import type { Binding } from "../server/addresses.ts";
import type { TlsCredentials } from "../server/tls-credentials.ts";

/**
 * The credentials are judged before anything listens; `warn` hears what makes clients refuse them.
 * @throws {TlsError} they cannot be used
 */
export async function secured(
  addresses: readonly Binding[],
  tls: TlsCredentials,
  warn: (message: string) => void,
): Promise<readonly Binding[]> {
  // Most servers stand behind one that speaks TLS: they load nothing of it.
  const { checkCredentials, whyOutOfDate } = await import("../server/tls-credentials.ts");
  const problem = whyOutOfDate(checkCredentials(tls), Date.now());
  if (problem !== undefined) warn(`The certificate ${problem}`);
  return addresses.map((address) => ({ ...address, tls }));
}
