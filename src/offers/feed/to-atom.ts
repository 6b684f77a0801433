import type { PublicOffer } from "./public-offers.ts";

/** What XML 1.0 cannot hold at all, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, "")
    .replace(/[&<>"']/g, (char) => escapes[char] ?? "");
}

const leaf = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;

type Feed = {
  /** Address of the feed. */
  readonly url: string;
  readonly storeView: string;
  readonly offers: readonly PublicOffer[];
};

/** The feed as Atom (RFC 4287). */
export function toAtom({ url, storeView, offers }: Feed): string {
  const updated = offers.reduce((last, each) => (each.updatedAt > last ? each.updatedAt : last), epoch);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    leaf("id", url),
    leaf("title", `Offers: ${storeView}`),
    leaf("updated", updated),
    `<link rel="self" href="${escaped(url)}"/>`,
    "<author><name>Clientele</name></author>",
    ...offers.map(entry),
    "</feed>",
    "",
  ].join("\n");
}

const epoch = new Date(0).toISOString();

function entry({ id, title, from, to, couponCode, updatedAt }: PublicOffer): string {
  const days = [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`until ${to}`])].join(" ");
  const text = [...(couponCode === null ? [] : [`Code: ${couponCode}`]), ...(days === "" ? [] : [days])].join(", ");
  const summary = text === "" ? title : text;
  return `<entry>${leaf("id", `urn:uuid:${id}`)}${leaf("title", title)}${leaf("updated", updatedAt)}${leaf("summary", summary)}</entry>`;
}
