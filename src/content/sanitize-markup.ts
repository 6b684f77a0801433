import sanitizeHtml from "sanitize-html";

const textTags =
  "p br hr h1 h2 h3 h4 h5 h6 strong b em i u s small sub sup span div section article header footer figure figcaption blockquote ul ol li dl dt dd table thead tbody tr th td caption a img picture source button time".split(
    " ",
  );
const everywhere = ["class", "id", "title", "lang", "dir", "role", "style", "aria-*", "data-*"];

const safeStyles = {
  "*": Object.fromEntries(
    "color background-color background text-align font-size font-weight font-style text-transform letter-spacing line-height padding margin padding-top padding-bottom padding-left padding-right margin-top margin-bottom margin-left margin-right border border-radius width max-width min-width height max-height min-height display gap align-items justify-content flex flex-direction flex-wrap object-fit opacity"
      .split(" ")
      // No functions: url(), expression() and var() can load or leak.
      .map((property) => [property, [/^[\w\s#.,%-]{1,100}$/]]),
  ),
};

/**
 * Markup that may be shown in a shop: an allow-list of elements, attributes and URL schemes. Scripts, frames, forms, event
 * handlers and foreign schemes are removed, their text content too where it is code.
 */
export function sanitizeMarkup(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: textTags,
    allowedAttributes: {
      "*": everywhere,
      a: ["href", "target", "rel"],
      img: ["src", "srcset", "sizes", "alt", "width", "height", "loading"],
      source: ["srcset", "sizes", "type", "media"],
      time: ["datetime"],
      th: ["scope", "colspan", "rowspan"],
      td: ["colspan", "rowspan"],
    },
    allowedStyles: safeStyles,
    allowedSchemes: ["http", "https", "mailto", "tel"],
    // A picture of the library by name; its address is put in when the markup is shown.
    allowedSchemesByTag: { img: ["http", "https", "asset"], source: ["http", "https", "asset"] },
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: attribs["target"] === "_blank" ? { ...attribs, rel: "noopener noreferrer" } : attribs,
      }),
    },
  });
}
