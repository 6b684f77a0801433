const characterByEntity: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  copy: "©",
  eacute: "é",
  gt: ">",
  hellip: "…",
  ldquo: "“",
  lsquo: "‘",
  lt: "<",
  mdash: "—",
  nbsp: " ",
  ndash: "–",
  quot: '"',
  rdquo: "”",
  reg: "®",
  rsquo: "’",
  trade: "™",
};

function decode(entity: string, name: string): string {
  if (!name.startsWith("#")) return characterByEntity[name.toLowerCase()] ?? entity;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  const isText = code >= 32 && code !== 127 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isText ? String.fromCodePoint(code) : entity;
}

/**
 * A name as people read it. Shops that print names into their pages unescaped keep entities in them (`LumaTech&trade;`),
 * which would show as such everywhere else. Runs of white space become one blank.
 */
export function toPlainName(name: string): string {
  const decoded = name.includes("&") ? name.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi, decode) : name;
  return decoded.replace(/\s+/g, " ").trim();
}
