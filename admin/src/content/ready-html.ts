const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const reference = new RegExp(`asset:(${uuid})(?:/([a-z0-9][a-z0-9_-]{0,63}))?`, "gi");
const publicAddress = new RegExp(`https?://[^/\\s"'<>]{1,300}(/assets/${uuid}/)`, "gi");

/**
 * Puts addresses in place of the names of pictures, as the server does when it shows a block. Pictures are always taken from the host
 * of the admin: the public one may not be reachable from here.
 */
export function readyHtml(html: string): string {
  return html
    .replace(reference, (_whole, id: string, size = "original") => `/assets/${id.toLowerCase()}/${size}`)
    .replace(publicAddress, "$1");
}
