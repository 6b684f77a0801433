// Addresses that a configured target may not lead to: what only this machine or its network can reach. An administrator's mistake
// or a changed name server must not turn a delivery into a request to an internal service.
import { BlockList, isIP } from "node:net";
import { ClienteleError } from "../../kernel/index.ts";

const privateV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
// The mapped, translated and tunnelled ranges hold IPv4 addresses in other clothes; no public service is named by one.
const privateV6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

// Two lists: one that holds the mapped range finds every IPv4 address in it.
const refusedV4 = new BlockList();
for (const [net, bits] of privateV4) refusedV4.addSubnet(net, bits, "ipv4");
const refusedV6 = new BlockList();
for (const [net, bits] of privateV6) refusedV6.addSubnet(net, bits, "ipv6");

/** True for loopback, private, link-local, multicast and reserved addresses; false for a text that is no address. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, "");
  switch (isIP(plain)) {
    case 4:
      return refusedV4.check(plain, "ipv4");
    case 6:
      return refusedV6.check(plain, "ipv6");
    default:
      return false;
  }
}

/** The host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/**
 * Checks what can be known without asking a name server; the address behind a name is checked when the connection is made.
 *
 * @throws {ClienteleError} `connectors.badTarget` for another scheme, credentials in the URL, or a private address
 */
export function checkTarget(text: string, allowPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new ClienteleError("connectors.badTarget", "the target is not an http or https URL");
  if (url.username || url.password)
    throw new ClienteleError("connectors.badTarget", "the target holds credentials; store them as secrets");
  const host = hostOf(url).toLowerCase().replace(/\.$/, "");
  const isLocalName = host === "localhost" || host.endsWith(".localhost");
  if (!allowPrivate && (isLocalName || isPrivateAddress(host))) throw privateTarget(host);
  return url;
}

export function privateTarget(host: string): ClienteleError {
  return new ClienteleError(
    "connectors.badTarget",
    `${host} is an address of this machine or its network; set CLIENTELE_ALLOW_PRIVATE_TARGETS=true if it is meant`,
  );
}
