/** Which addresses are proxies that are believed: a list of addresses and networks. */
import { type IpAddress, isIpv4, parseIpAddress, sharesPrefix } from "../http/ip-address.ts";
import { quoted } from "../log/escapes.ts";

/** A list with an entry that is no address, no network and no `*`; the message quotes it. */
export class AddressListError extends Error {
  override readonly name: string = "AddressListError";
}

interface Network {
  readonly address: IpAddress;
  readonly bits: number;
  readonly isIpv4: boolean;
}

export class TrustedPeers {
  readonly #trustsEveryone: boolean;
  readonly #networks: readonly Network[];
  /** The address that was asked for last, and the answer: a connection is asked about more than once. */
  #asked = { address: "", isTrusted: false };

  /**
   * Reads addresses and networks (`10.0.0.0/8`) with commas between them; `*` is every peer.
   * @throws {AddressListError}
   */
  constructor(list: string) {
    const entries = list
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
    this.#trustsEveryone = entries.includes("*");
    this.#networks = entries.filter((entry) => entry !== "*").map(parseNetwork);
  }

  /**
   * Whether a connection's other end is trusted, by its address: undefined for a Unix socket, whose
   * permissions have decided already, and empty for a client that nobody knows.
   */
  trustsPeer(address: string | undefined): boolean {
    if (address === undefined || this.#trustsEveryone) return true;
    if (address !== this.#asked.address) {
      // Node.js shows a link-local address with its zone.
      const [plain = ""] = address.split("%");
      const parsed = parseIpAddress(plain);
      this.#asked = { address, isTrusted: parsed !== undefined && this.names(parsed) };
    }
    return this.#asked.isTrusted;
  }

  /** Whether the list names the address or a network around it; `*` names none. */
  names(address: IpAddress): boolean {
    const family = isIpv4(address);
    return this.#networks.some(
      (network) =>
        network.isIpv4 === family && sharesPrefix(network.address, address, network.bits),
    );
  }
}

const NETWORK = /^([0-9A-Fa-f:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/;

function parseNetwork(text: string): Network {
  const [, addressText = "", bitsText] = NETWORK.exec(text) ?? [];
  const address = parseIpAddress(addressText);
  const offset = addressText.includes(":") ? 0 : 96;
  const bits = bitsText === undefined ? 128 : Number(bitsText) + offset;
  if (address === undefined || bits > 128) {
    throw new AddressListError(
      `${quoted(text)} is not an address, a network such as 10.0.0.0/8, or *`,
    );
  }
  // "::/0" holds all of IPv6, and none of the IPv4 addresses that are mapped into it.
  return { address, bits, isIpv4: isIpv4(address) && bits >= 96 };
}
