import type { AcceptRequest, AcceptResult, CanonicalEvent, EventReader } from "../../collect/index.ts";
import type { BlockBody } from "../../content/index.ts";
import type { DecideAnswer, DecideRequest } from "../../decisions/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { Auth } from "../../http/index.ts";
import type { Clock, Logger } from "../../kernel/index.ts";
import type { FoundProfile, IdentityClaim, Profile, ReadRight } from "../../profiles/index.ts";

export type AdobeSettings = {
  /** Org ids of the clients, e.g. `1234@AdobeOrg`: what a browser that names none yet is answered for. */
  readonly orgIds: readonly string[];
  /** Cookie that holds a first-party id of the shop; empty = none. */
  readonly fpidCookie: string;
  /** Write key of the second stream, whose tracker sends none; empty = it must be in the query as writeKey. */
  readonly snowplowWriteKey: string;
  /** Currency of amounts that name none. */
  readonly currency: string;
  readonly defaultStoreView: string;
  /** ISO 3166 code for phone numbers without a country prefix. */
  readonly defaultCountry?: string | undefined;
  readonly maxEventAgeMs: number;
  /** Longest wait of a Snowplow event for its Edge twin; default 2 s. */
  readonly twinHoldMs?: number;
};

export type AdobeEdgeDeps = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: AdobeSettings;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly find: (claim: IdentityClaim, right: ReadRight) => Promise<FoundProfile>;
  /** The visitor as if these events were stored already. */
  readonly withEvents: (profile: Profile, events: readonly CanonicalEvent[]) => Profile;
  readonly decide: (found: FoundProfile, request: DecideRequest) => Promise<DecideAnswer>;
  /** Live blocks; the same list as long as none of them changes. */
  readonly liveBlocks: () => readonly LiveDefinition<BlockBody>[];
  /** The entry that proves a browser's audiences to other surfaces; undefined where none can be made. */
  readonly signSegments?: (auth: Auth, visitor: string, audienceKeys: readonly string[]) => string | undefined;
  /** Keys of the live audiences that a profile is in. */
  readonly audienceKeysOf: (profile: Profile) => readonly string[];
};

/** What every part of the edge works with. */
export type EdgeParts = AdobeEdgeDeps & {
  readonly readXdmEvent: EventReader;
  /** Placements of live blocks that name an element of the page. */
  readonly domPlacements: () => readonly string[];
};
