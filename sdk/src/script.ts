// The bundle for a script element. Names are given by hand: what a bundler writes to export them costs 200 bytes compressed.
import {
  bucket,
  ClienteleRequestError,
  createClientele,
  formatMoney,
  safeUrl,
  sanitizeHtml,
  version,
} from "./index.ts";

Object.assign(globalThis, {
  clientele: { bucket, ClienteleRequestError, createClientele, formatMoney, safeUrl, sanitizeHtml, version },
});
