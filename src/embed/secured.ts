/** Addresses whose clients are to speak TLS. */
import { type Binding, withTls } from "../server/addresses.ts";
import type { TlsOptions } from "../server/tls-options.ts";

/**
 * They are judged before anything listens; `warn` hears what makes clients refuse them.
 * @throws {TlsError} they cannot be used
 */
export async function secured(
  addresses: readonly Binding[],
  tls: TlsOptions,
  warn: (message: string) => void,
): Promise<readonly Binding[]> {
  // Most servers stand behind one that speaks TLS: they load nothing of it.
  const { troubleWithDates } = await import("../server/tls-credentials.ts");
  const { checkTls } = await import("../server/tls-options.ts");
  const trouble = troubleWithDates(checkTls(tls), Date.now());
  if (trouble !== undefined) warn(`The certificate ${trouble}`);
  return withTls(addresses, tls);
}
