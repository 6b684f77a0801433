import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import type { AuditTrail } from "../access/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { FoundProfile, IdentityClaim, Profile, ReadRight } from "../profiles/index.ts";
import type { Postgres } from "../storage/index.ts";
import type { ExportDeps } from "./exports/export-members.ts";
import { createExportRoutes } from "./exports/routes-export.ts";
import { audienceIdOf, type MemberAudiences } from "./members/check-members.ts";
import { createMemberRoutes } from "./members/routes-members.ts";
import { createSegmentRoutes } from "./members/routes-segments.ts";
import { createSegmentClaims, type SegmentClaimDeps } from "./members/segment-claims.ts";
import { createChangeStore } from "./members/store.ts";

export type MembersDeps = Pick<SegmentClaimDeps, "secretOf" | "devicesOf" | "count"> &
  Pick<ExportDeps, "addressesOf" | "isSuppressed"> & {
    readonly postgres: Postgres;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly audit: AuditTrail;
    readonly audiences: MemberAudiences & Pick<ExportDeps, "membersOf" | "attributesOf">;
    readonly profiles: {
      /** @throws {ClienteleError} `profiles.notFound` */
      readonly by: (namespace: string, value: string) => Promise<Profile>;
      readonly find: (claim: IdentityClaim, right: ReadRight) => Promise<FoundProfile>;
      /** As stored now, past the cache. */
      readonly stored: ExportDeps["statesOf"];
      readonly linksOf: ExportDeps["linksOf"];
    };
  };

/**
 * Who is in which audience, told to others: the feed of entries and exits, questions for many persons, the export as CSV, and the
 * signed list that a shopper carries. `start` once the database is there.
 */
export function createMembers(deps: MembersDeps) {
  const { postgres, clock, audiences, profiles } = deps;
  const store = createChangeStore(postgres);
  const audienceKeysOf = ({ state }: Profile): readonly string[] =>
    Object.keys(state.memberships).flatMap((id) => audiences.nameOf(id)?.key ?? []);
  const claims = createSegmentClaims({
    find: profiles.find,
    secretOf: deps.secretOf,
    devicesOf: deps.devicesOf,
    isSuppressed: deps.isSuppressed,
    idOf: audiences.idOf,
    count: deps.count,
    clock,
  });
  return {
    /** Keeps the order of entries and exits after the database was loaded into another server; may be repeated. */
    start: store.keepGrowing,
    /** Keys of the live audiences that a profile is in. */
    audienceKeysOf,
    /** Signed lists: given to browsers, honoured where they come back. */
    claims,
    routes: (visitors: {
      /** @throws {ClienteleError} `access.identityToken` */
      readonly provenCustomerId: (request: FastifyRequest, token: unknown) => string | null;
    }): FastifyPluginAsyncTypebox => {
      const plugins = [
        createMemberRoutes({ audiences, store, profiles, clock }),
        createExportRoutes({
          membersOf: audiences.membersOf,
          statesOf: profiles.stored,
          linksOf: profiles.linksOf,
          attributesOf: audiences.attributesOf,
          addressesOf: deps.addressesOf,
          isSuppressed: deps.isSuppressed,
          find: (reference) => {
            const id = audienceIdOf(audiences, reference);
            return { id, key: audiences.nameOf(id)?.key ?? id };
          },
          audit: deps.audit,
          clock,
          logger: deps.logger,
        }),
        createSegmentRoutes({
          claims,
          find: profiles.find,
          provenCustomerId: visitors.provenCustomerId,
          audienceKeysOf,
        }),
      ];
      return async (app) => {
        for (const plugin of plugins) await app.register(plugin);
      };
    },
  };
}

export type Members = ReturnType<typeof createMembers>;
