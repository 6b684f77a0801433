import type { EventReader } from "../../collect/index.ts";
import { readEvent } from "../../collect/index.ts";
import { createSnowplowReader } from "./snowplow/read-snowplow-event.ts";
import { createXdmReader } from "./xdm/read-xdm-event.ts";
import { isXdmUnit } from "./xdm/unit.ts";

export { createAdobeEdge } from "./create-adobe-edge.ts";
export type { AdobeEdgeDeps, AdobeSettings } from "./edge-deps.ts";
export { adobeDevicesOf } from "./state.ts";
export { toXdmEvent } from "./xdm/to-xdm-event.ts";

/**
 * Readers of Adobe's events, by source kind. The server API shares the kind `server` with native events, which have a type
 * where XDM events have an object `xdm`.
 *
 * @param currency ISO 4217 code of amounts that name none
 */
export function adobeReaders(currency: string): {
  readonly edge: EventReader;
  readonly server: EventReader;
  readonly snowplow: EventReader;
} {
  const edge = createXdmReader(currency);
  return {
    edge,
    server: (raw, facts) => (isXdmUnit(raw) ? edge(raw, facts) : readEvent(raw, facts)),
    snowplow: createSnowplowReader(currency),
  };
}
