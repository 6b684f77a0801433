// Codes of coupons that were made for one person, by an offer or a reminder: told in an export, worth nothing after an erasure.
import { couponParticipant } from "./join-coupons.ts";
import { devicesOf, offerParticipant } from "./join-offer-decisions.ts";
import { createReminderStore } from "./journeys/index.ts";
import type { Coupons, OfferDecisions } from "./offers/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import type { Person } from "./profiles/index.ts";
import type { Engines, Sql } from "./storage/index.ts";

const iso = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString();

/** Stands before the participants that delete who has which code. */
function personalCodeParticipant(deps: {
  readonly engines: Pick<Engines, "postgres">;
  readonly offers: Pick<OfferDecisions, "codesOf">;
  readonly coupons: Pick<Coupons, "pooledCodes" | "retireCodes" | "usesOf">;
}): PrivacyParticipant {
  const { offers, coupons } = deps;
  const reminders = createReminderStore(deps.engines.postgres);
  const given = async (person: Person, sql?: Sql) => {
    const offered = await offers.codesOf([...person.profileIds, ...devicesOf(person)], sql);
    const reminded = await reminders.codesOf(person.profileIds, sql);
    return { offered, reminded, codes: [...new Set([...offered.map(({ code }) => code), ...reminded])] };
  };

  return {
    name: "personal codes",
    tables: ["coupon_issues"],
    // Nobody else may use what was theirs: not the next person of a shared device, not a finder of the mail.
    erase: async (tx, { person }) => coupons.retireCodes(tx, (await given(person, tx)).codes),
    exports: [
      {
        file: "personal-codes",
        rows: async function* (person) {
          const { offered, reminded, codes } = await given(person);
          const pooled = new Map((await coupons.pooledCodes(codes)).map((one) => [one.code, one]));
          const uses = await coupons.usesOf(codes);
          const toRow = (code: string, by: "offer" | "reminder", rule: string | null, givenAt: number | null) => {
            const own = uses.filter((use) => use.code === code);
            const used = own.find(({ status }) => status === "redeemed" || status === "reserved");
            return {
              ...{ code, rule, by, givenAt: iso(givenAt), expires: pooled.get(code)?.expires ?? null },
              usedAt: iso(used?.usedAt),
              orders: own.map(({ orderId, status, usedAt }) => ({ orderId, status, usedAt: iso(usedAt) })),
            };
          };
          for (const { code, ruleKey, givenAt } of offered) yield toRow(code, "offer", ruleKey, givenAt);
          for (const code of reminded) {
            const { ruleKey = null, issuedAt = null } = pooled.get(code) ?? {};
            yield toRow(code, "reminder", ruleKey, issuedAt);
          }
        },
      },
    ],
  };
}

/** What offers and coupons keep of persons. */
export function offerParticipants(
  engines: Pick<Engines, "postgres">,
  offers: Parameters<typeof offerParticipant>[0] & Pick<OfferDecisions, "codesOf">,
  coupons: Parameters<typeof couponParticipant>[0] & Pick<Coupons, "pooledCodes" | "retireCodes" | "usesOf">,
): readonly PrivacyParticipant[] {
  return [personalCodeParticipant({ engines, offers, coupons }), offerParticipant(offers), couponParticipant(coupons)];
}
