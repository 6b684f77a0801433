// Who calls, as far as the caller may know: shared by every route that answers for a visitor.
import type { FastifyRequest } from "fastify";
import { verifyIdentityToken } from "./access/index.ts";
import type { SegmentClaims } from "./activation/index.ts";
import { isTrusted } from "./http/index.ts";
import type { Clock } from "./kernel/index.ts";
import { emptyState, type FoundProfile, type IdentityClaim, type Profile, type Profiles } from "./profiles/index.ts";

/** What a call says of its visitor. */
type Claim = IdentityClaim & { readonly identityToken?: string | undefined };

export type Visitors = ReturnType<typeof createVisitors>;

/** @param honour adds the memberships of a signed list that came with the request */
export function createVisitors(profiles: Pick<Profiles, "find">, clock: Clock, honour: SegmentClaims["honour"]) {
  /** Customer id that an identity token proves; null without a token. @throws {ClienteleError} `access.identityToken` */
  const provenCustomerId = (request: FastifyRequest, token: unknown): string | null => {
    if (token === undefined || token === null || token === "") return null;
    return verifyIdentityToken(String(token), request.auth.identitySecret ?? "", clock.now()).customerId;
  };
  return {
    provenCustomerId,
    find: async (request: FastifyRequest, claim: Claim): Promise<FoundProfile> => {
      const proven = provenCustomerId(request, claim.identityToken);
      const found = await profiles.find(claim, {
        trusted: isTrusted(request.auth) && request.auth.kind !== "write-key",
        provenCustomerId: proven,
      });
      return honour(request, { claim, provenCustomerId: proven }, found);
    },
    /** Somebody of whom only the events of this call are known. */
    nobody: (): Profile => {
      const now = clock.now();
      return { profileId: "", version: 0, createdAt: now, identifiers: [], state: emptyState(now) };
    },
  };
}
