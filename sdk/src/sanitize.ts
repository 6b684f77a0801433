/**
 * Foreign HTML becomes nodes here without ever being live: it is parsed into an inert document (no script runs, no
 * image loads), and a copy of what is allowed is built node by node. The result is never serialised and parsed again,
 * so text that changes its meaning on a second parse has no second parse.
 */

const allowedElements = new Set(
  (
    "a abbr address article aside b bdi bdo blockquote br button caption cite code col colgroup dd del dfn div dl dt em " +
    "figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li mark nav ol p picture pre q s " +
    "samp section small source span strong sub sup table tbody td tfoot th thead time tr u ul var wbr"
  ).split(" "),
);

// Gone with all they contain, which is code or raw text; of any other element that is not allowed the children stay.
const removedElements = new Set(
  "iframe noembed noframes noscript plaintext script select style textarea title xmp".split(" "),
);

// No id and no name: they would shadow properties of document and forms. No data-*: shop scripts act on those.
const allowedAttributes: Readonly<Record<string, string>> = {
  "*": "class title lang dir role style",
  a: "href target",
  blockquote: "cite",
  col: "span",
  colgroup: "span",
  del: "cite datetime",
  img: "src srcset sizes alt width height loading decoding",
  ins: "cite datetime",
  li: "value",
  ol: "start reversed type",
  q: "cite",
  source: "srcset sizes media type width height",
  td: "colspan rowspan",
  th: "colspan rowspan scope abbr",
  time: "datetime",
};

const allowedStyle =
  /^(color|background-color|opacity|text-(align|decoration|transform|indent)|(font|line|letter|word)-[a-z-]+|vertical-align|white-space|list-style-type|(margin|padding|border)(-[a-z-]+)?|(min-|max-)?(width|height)|display|flex(-[a-z]+)?|(align|justify)-[a-z]+|order|gap|row-gap|column-gap|grid-(template-)?(columns|rows|column|row|area)(-[a-z]+)?|aspect-ratio|object-(fit|position)|float|clear)$/;
const unsafeStyleValue = /url|image|expression|javascript|attr\(|var\(|env\(|[\\<>@{}]/i;

const maxDepth = 100;
const maxNodes = 5_000;
const linkSchemes = ["http:", "https:", "mailto:", "tel:"];
const resourceSchemes = ["http:", "https:"];

/**
 * Checks an address from foreign content.
 *
 * @returns the address when it is relative or of scheme http, https or (for links) mailto and tel; else undefined
 */
export function safeUrl(value: string, use: "link" | "resource" = "link"): string | undefined {
  try {
    // The same parser as the browser's own, so that tabs, control characters and entities are read as it reads them.
    const { protocol } = new URL(value, "https://relative.invalid/");
    return (use === "link" ? linkSchemes : resourceSchemes).includes(protocol) ? value.trim() : undefined;
  } catch {
    return undefined;
  }
}

function safeSrcset(value: string): string | undefined {
  const candidates = value.split(/,\s+/).map((candidate) => candidate.trim().split(/\s+/));
  const isSafe = candidates.every(
    ([url = "", size = "", ...rest]) =>
      safeUrl(url, "resource") !== undefined && /^([\d.]+[wx])?$/.test(size) && rest.length === 0,
  );
  return isSafe ? value : undefined;
}

function safeAttribute(name: string, value: string): string | undefined {
  switch (name) {
    case "href":
    case "cite":
      return safeUrl(value);
    case "src":
      return safeUrl(value, "resource");
    case "srcset":
      return safeSrcset(value);
    case "target":
      return value === "_blank" ? value : undefined;
    default:
      return value;
  }
}

// Property by property through the object model, which a content security policy without unsafe-inline allows.
function copyStyle(from: CSSStyleDeclaration, to: CSSStyleDeclaration): void {
  for (const property of Array.from(from)) {
    const value = from.getPropertyValue(property);
    if (allowedStyle.test(property) && !unsafeStyleValue.test(value)) to.setProperty(property, value);
  }
}

function copyAttributes(from: HTMLElement, to: HTMLElement): void {
  const name = to.localName;
  const allowed = `${allowedAttributes["*"]} ${allowedAttributes[name] ?? ""}`.split(" ");
  for (const attribute of Array.from(from.attributes)) {
    if (!allowed.includes(attribute.name) && !/^aria-[a-z]+$/.test(attribute.name)) continue;
    if (attribute.name === "style") copyStyle(from.style, to.style);
    else {
      const value = safeAttribute(attribute.name, attribute.value);
      if (value !== undefined) to.setAttribute(attribute.name, value);
    }
  }
  if (to.getAttribute("target") === "_blank") to.setAttribute("rel", "noopener noreferrer");
  if (name === "button") to.setAttribute("type", "button");
}

/** Builds the allowed part of foreign HTML as nodes of this document: texts, tables, images, links, no behaviour. */
export function sanitizeHtml(html: string): DocumentFragment {
  const inert = new DOMParser().parseFromString(html, "text/html");
  let nodes = 0;

  const copyChildren = (from: Node, to: Node, depth: number): void => {
    if (depth > maxDepth) return;
    for (const child of Array.from(from.childNodes)) {
      nodes += 1;
      if (nodes > maxNodes) return;
      if (child.nodeType === Node.TEXT_NODE) to.appendChild(document.createTextNode(child.nodeValue ?? ""));
      // Elements of SVG and MathML are no HTMLElement, whatever their names; nor are comments and instructions.
      else if (child instanceof HTMLElement) copyElement(child, to, depth);
    }
  };

  const copyElement = (from: HTMLElement, to: Node, depth: number): void => {
    const name = from.localName;
    if (removedElements.has(name)) return;
    if (!allowedElements.has(name)) {
      copyChildren(from, to, depth + 1);
      return;
    }
    const copy = document.createElement(name);
    copyAttributes(from, copy);
    copyChildren(from, copy, depth + 1);
    to.appendChild(copy);
  };

  const result = document.createDocumentFragment();
  copyChildren(inert.body, result, 0);
  return result;
}
