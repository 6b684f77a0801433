import { formatMoney } from "./price.ts";
import { safeUrl, sanitizeHtml } from "./sanitize.ts";
import type { BlockValue, RecommendedItem, UnitValue } from "./types.ts";

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The block's content; a block with a link and no text becomes that link. */
export function blockContent({ html, link, name }: BlockValue): Node {
  const content = sanitizeHtml(html ?? "");
  const href = link ? safeUrl(link) : undefined;
  if (!href) return content;
  // Links do not nest: where the content has its own, they are the ones to follow.
  if (content.querySelector("a, button")) return content;
  if (!content.hasChildNodes() && name) content.append(name);
  return element("a", { href, class: "clientele-block-link" }, content);
}

function priceOf({ price, finalPrice }: RecommendedItem): readonly Node[] {
  const now = finalPrice ?? price;
  if (!now) return [];
  const isReduced = price?.currency === now.currency && price.minor > now.minor;
  const texts = isReduced
    ? [element("s", {}, formatMoney(price)), " ", element("strong", {}, formatMoney(now))]
    : [formatMoney(now)];
  return [element("span", { class: "clientele-price" }, ...texts)];
}

function itemContent(item: RecommendedItem): Node {
  const image = item.image ? safeUrl(item.image, "resource") : undefined;
  const content = [
    // The name stands beside the image, so the image itself has nothing to add for a screen reader.
    ...(image ? [element("img", { src: image, alt: "", loading: "lazy", class: "clientele-image" })] : []),
    element("span", { class: "clientele-name" }, item.name),
    ...priceOf(item),
  ];
  return element(
    "a",
    { href: safeUrl(item.url) ?? "#", "data-clientele-sku": item.sku, class: "clientele-item" },
    ...content,
  );
}

/** A labelled list of product links; nothing when there are no items. */
export function unitContent({ label, items }: UnitValue): Node {
  if (items.length === 0) return document.createDocumentFragment();
  return element(
    "section",
    { class: "clientele-unit", "aria-label": label },
    element("h2", { class: "clientele-label" }, label),
    element(
      "ul",
      { class: "clientele-items", role: "list" },
      ...items.map((item) => element("li", {}, itemContent(item))),
    ),
  );
}
