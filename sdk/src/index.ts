import { type Clientele, type ClienteleOptions, createClient } from "./client.ts";

export { bucket } from "./bucket.ts";
export type { ConsentOptions } from "./consent.ts";
export type { DecideOptions, DecideResult } from "./decide.ts";
export type {
  CategoryRequest,
  Facet,
  ListRequest,
  RecommendationsAnswer,
  RecommendationsRequest,
  SearchAnswer,
  SearchHit,
  SearchRequest,
  SortOption,
  SortOptionsAnswer,
  SuggestAnswer,
  Suggestion,
  SuggestRequest,
} from "./discovery.ts";
export type { EventMethods, EventName, EventProperties } from "./event-types.ts";
export { ClienteleRequestError } from "./http.ts";
export { formatMoney } from "./price.ts";
export type { QueueStats } from "./queue.ts";
export type { RenderOptions, RenderResult, RenderTarget, Template } from "./render.ts";
export { safeUrl, sanitizeHtml } from "./sanitize.ts";
export type { KeyValueStore } from "./storage.ts";
export type {
  BlockValue,
  ClienteleFault,
  ConsentCategory,
  ConsentChoices,
  Decision,
  EventContext,
  Item,
  Money,
  PageContext,
  Person,
  Reason,
  RecommendedItem,
  UnitValue,
  WireEvent,
} from "./types.ts";
export { version } from "./version.ts";
export type { Clientele, ClienteleOptions };

/**
 * Starts the SDK on a page. Call it once; it needs a browser (it reads `navigator`, `document` and `localStorage`).
 *
 * Nothing is thrown from tracking: faults go to `onError` and, as a warning, to the console.
 */
export function createClientele(options: ClienteleOptions): Clientele {
  return createClient(options);
}
