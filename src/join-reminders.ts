// E-mail reminder rules: reach into audiences, profiles, definitions, coupons and privacy; joined here, in one place.
import type { AuditTrail } from "./access/index.ts";
import { type createAudienceRules, type createAudiences, ruleAudienceReferences } from "./audiences/index.ts";
import { type Catalog, type ProductPrices, withPrices } from "./catalog/index.ts";
import type { Collect } from "./collect/index.ts";
import type { Config } from "./config.ts";
import { createSecretBox } from "./connectors/index.ts";
import { type Definitions, isInWindow, type LiveDefinition } from "./definitions/index.ts";
import {
  type CouponPort,
  channels,
  createReminderStore,
  createReminders,
  identifierOf,
  isAddress,
  type Person,
  type Promotion,
  personalReminderTables,
  type ReminderBody,
  type Reminders,
} from "./journeys/index.ts";
import { ClienteleError, type Clock, isObject, type Logger } from "./kernel/index.ts";
import type { PrivacyDoor, PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import type { Engines } from "./storage/index.ts";

/** Made before the profiles, whose judgement it watches. */
export function joinReminders(parts: {
  readonly engines: Engines;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly catalog: Catalog;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf">;
  readonly privacyDoor: Pick<PrivacyDoor, "suppression">;
  readonly profiles: () => Profiles;
  readonly collect: () => Pick<Collect, "acceptedSoFar">;
  /** What products cost a visitor of no special group; undefined = what the catalog says. A lower one is noticed by it. */
  readonly publicPrices: () => ProductPrices | undefined;
  /** Pools of coupon codes; without them a rule that needs a generated code skips its mails as `offer_unavailable`. */
  readonly coupons?: CouponPort;
  readonly recommend?: (person: Person, limit: number) => Promise<readonly string[]>;
}) {
  const { engines, config, clock, catalog, definitions, rules, privacyDoor, profiles } = parts;
  const { isSuppressed } = privacyDoor.suppression;
  const reminders = createReminders({
    store: createReminderStore(engines.postgres),
    people: {
      stored: (profileIds) => profiles().stored(profileIds),
      linksOf: (profileIds) => profiles().linksOf(profileIds),
      scan: (afterId, limit) => profiles().scan(afterId, limit),
      survivorOf: async (profileId) => {
        try {
          return (await profiles().get(profileId)).profileId;
        } catch (error) {
          if (error instanceof ClienteleError && error.code === "profiles.notFound") return undefined;
          throw error;
        }
      },
    },
    rules: {
      faultsOf: rules.faultsOf,
      compile: (rule) => rules.compile(rule, { use: "audience" }),
      compileFor: (rule, timezone) => rules.compile(rule, { use: "audience", timezone }),
      audiencesOf: ruleAudienceReferences,
    },
    live: () => definitions.live<ReminderBody>("reminder-rule"),
    subjectOf: (person) => parts.audiences.subjectOf(person),
    isSuppressed: ({ identifiers }, address, channel) =>
      identifiers.some(isSuppressed) || (address !== undefined && isSuppressed(identifierOf(channel, address))),
    defaultStoreView: config.defaultStoreView,
    acceptedSoFar: () => parts.collect().acceptedSoFar(),
    promotionOf: (key, nowMs) => {
      const rule = definitions.live<unknown>("cart-price-rule").find((each) => each.key === key);
      return rule && isInWindow(rule, nowMs) ? readPromotion(rule) : undefined;
    },
    coupons: parts.coupons,
    productOf: (sku) => {
      const product = catalog.current().get(sku);
      return product && { name: product.name, imageUrl: product.images[0] ?? null };
    },
    productNow: (sku) => {
      const product = withPrices(catalog.current(), parts.publicPrices()).get(sku);
      return product && { inStock: product.inStock, backInStockAt: product.backInStockAt, price: product.finalPrice };
    },
    recommend: parts.recommend,
    timezone: config.timezone,
    publicUrl: config.publicUrl,
    box: createSecretBox({ dataDir: config.dataDir, secretKey: config.secretKey || undefined }),
    audit: parts.audit,
    clock,
    logger: parts.logger,
  });
  catalog.onChange(({ upserted }) => reminders.productsChanged(upserted));
  return reminders;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** What a mail tells of a cart price rule. */
function readPromotion({ name, body }: LiveDefinition<unknown>): Promotion {
  const fields = isObject(body) ? body : {};
  const given = isObject(fields["coupon"]) ? fields["coupon"] : {};
  const { type, code } = given;
  const coupon: Promotion["coupon"] =
    type === "specific" && typeof code === "string" ? { type, code } : type === "pool" ? { type } : { type: "none" };
  return {
    name,
    coupon,
    usesPerCoupon: countOf(given["usesPerCoupon"]),
    usesPerCustomer: countOf(fields["usesPerCustomer"]),
  };
}

/** What reminders keep of persons. */
export function reminderParticipant(
  engines: Pick<Engines, "postgres">,
  reminders: Pick<Reminders, "erase">,
): PrivacyParticipant {
  const store = createReminderStore(engines.postgres);
  return {
    name: "reminders",
    tables: personalReminderTables,
    erase: (tx, { person }) =>
      reminders.erase(
        tx,
        person.profileIds,
        person.identifiers
          .filter(({ namespace }) => channels.some((channel) => isAddress(channel, namespace)))
          .map(({ value }) => value),
      ),
    expires: { count: store.countOld, forget: store.forgetOld },
    exports: [
      {
        file: "reminders",
        rows: async function* ({ profileIds }) {
          yield* await store.exportOf(profileIds);
        },
      },
    ],
  };
}
