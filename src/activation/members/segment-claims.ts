// Where Clientele takes the list of audiences that a shopper carries. It never gives more than the server knows: the signature only
// says that this visitor was shown to be who they are; what still holds is looked up.
import type { FastifyRequest } from "fastify";
import type { Identifier } from "../../collect/index.ts";
import { type Auth, isTrusted } from "../../http/index.ts";
import type { Clock } from "../../kernel/index.ts";
import {
  emptyState,
  type FoundProfile,
  type IdentityClaim,
  type Membership,
  type Profile,
  type ReadRight,
  refusesPersonalisation,
} from "../../profiles/index.ts";
import { type SegmentFault, segmentsExpireAt, signSegments, verifySegments } from "./signed-segments.ts";

/** Header, in lower case, and cookie of the list. */
export const segmentsName = "aep-segments-membership";

const maxDevices = 10;

/** What became of a list: `accepted`; `resolved` = the server knows the visitor by itself; or why it was ignored. */
export type SegmentOutcome = "accepted" | "resolved" | "refused" | SegmentFault;

export type SegmentClaimDeps = {
  readonly find: (claim: IdentityClaim, right: ReadRight) => Promise<FoundProfile>;
  /** Of an active key; undefined for one that is unknown or revoked. */
  readonly secretOf: (keyId: string) => string | undefined;
  readonly isSuppressed: (identifier: Identifier) => boolean;
  /** Id of a live audience. */
  readonly idOf: (reference: string) => string | undefined;
  /** Devices that the browser's own cookies tell. */
  readonly devicesOf: (request: FastifyRequest) => readonly Identifier[];
  readonly count: (outcome: SegmentOutcome) => void;
  readonly clock: Clock;
};

export type ClaimedVisitor = {
  readonly claim: IdentityClaim;
  /** Customer that an identity token proves. */
  readonly provenCustomerId: string | null;
};

/** What the caller is known by, as lists are bound to it. */
function visitorsOf(
  { auth }: FastifyRequest,
  { claim, provenCustomerId }: ClaimedVisitor,
  ofCookies: readonly Identifier[],
): readonly string[] {
  const { anonymousId, customerId, devices: named = [] } = claim;
  const devices = [...named, ...ofCookies].slice(0, maxDevices);
  const customer = provenCustomerId ?? (isTrusted(auth) ? customerId : undefined);
  return [
    ...devices.map(({ namespace, value }) => `${namespace}:${value}`),
    ...(anonymousId ? [`anonymous_id:${anonymousId}`] : []),
    ...(customer ? [`user_id:${customer}`] : []),
  ];
}

function listOf({ headers }: FastifyRequest): string | undefined {
  const header = headers[segmentsName];
  if (header !== undefined) return [header].flat().join(",");
  const cookies = headers.cookie;
  if (cookies === undefined) return undefined;
  const cookie = cookies.split(";").find((each) => each.trim().startsWith(`${segmentsName}=`));
  return cookie?.trim().slice(segmentsName.length + 1);
}

function identifierOf(visitor: string): Identifier {
  const at = visitor.indexOf(":");
  return { namespace: visitor.slice(0, at), value: visitor.slice(at + 1) };
}

function claimOf(identifier: Identifier): IdentityClaim {
  return identifier.namespace === "user_id" ? { customerId: identifier.value } : { devices: [identifier] };
}

export function createSegmentClaims({ find, secretOf, isSuppressed, idOf, devicesOf, count, clock }: SegmentClaimDeps) {
  /** Memberships of the list that hold now; null when the person refuses to be recognised or is suppressed. */
  const stillHeld = async (
    segments: readonly string[],
    visitor: string,
  ): Promise<Readonly<Record<string, Membership>> | null> => {
    const identifier = identifierOf(visitor);
    if (isSuppressed(identifier)) return null;
    const ids = segments.flatMap((segment) => idOf(segment) ?? []);
    // The signature has shown that the caller may know.
    const found = await find(claimOf(identifier), { trusted: true, provenCustomerId: null });
    if (!found.ok) return Object.fromEntries(ids.map((id) => [id, { since: clock.now(), version: 0 }]));
    const { state } = found.profile;
    if (refusesPersonalisation(state)) return null;
    return Object.fromEntries(Object.entries(state.memberships).filter(([id]) => ids.includes(id)));
  };

  return {
    /**
     * The entry that signs the audiences of a visitor; undefined for callers whose key has no secret, and where nothing is to sign.
     *
     * @param visitor `ecid:1234`, `anonymous_id:…` or `user_id:…`
     */
    sign: (auth: Auth, visitor: string, segments: readonly string[]): string | undefined => {
      const { kind, id, identitySecret = "" } = auth;
      if (kind !== "write-key" || id === null || identitySecret === "" || segments.length === 0) return undefined;
      return signSegments(segments, visitor, { id, secret: identitySecret }, clock.now());
    },
    /** When a list that is signed now ends. */
    expiresAt: (): number => segmentsExpireAt(clock.now()),

    /**
     * The visitor with the memberships of a list that came with the request. What is forged, stale, of somebody else or too long is
     * counted and ignored; it is never an error. Where the server found the visitor by itself, that holds.
     */
    honour: async (request: FastifyRequest, who: ClaimedVisitor, found: FoundProfile): Promise<FoundProfile> => {
      const list = listOf(request);
      if (list === undefined || list === "") return found;
      const verdict = verifySegments(list, visitorsOf(request, who, devicesOf(request)), secretOf, clock.now());
      if (!verdict.ok) {
        count(verdict.reason);
        return found;
      }
      if (found.ok) {
        count("resolved");
        return found;
      }
      const memberships = await stillHeld(verdict.segments, verdict.visitor);
      count(memberships ? "accepted" : "refused");
      if (!memberships) return found;
      const nowMs = clock.now();
      const nobody: Profile = {
        profileId: "",
        version: 0,
        createdAt: nowMs,
        identifiers: [],
        state: { ...emptyState(nowMs), memberships },
      };
      return { ok: true, profile: nobody, by: "signed_segments" };
    },
  };
}

export type SegmentClaims = ReturnType<typeof createSegmentClaims>;
