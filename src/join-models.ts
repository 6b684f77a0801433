// Models, joined to the people they learn from and to the audiences that judge by their scores.
import type { AuditTrail } from "./access/index.ts";
import type { createAudiences } from "./audiences/index.ts";
import type { CatalogProduct } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import type { peopleOf } from "./join-parts.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import { createModels } from "./models/index.ts";
import { foldEvent, type Profiles } from "./profiles/index.ts";
import type { Rates } from "./rates/index.ts";
import { runs } from "./roles.ts";
import type { Engines } from "./storage/index.ts";

type Deps = Pick<Engines, "postgres"> & {
  readonly config: Pick<Config, "defaultCurrency" | "roles" | "timezone">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly people: ReturnType<typeof peopleOf>;
  readonly profiles: Pick<Profiles, "identityKey">;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "idOf" | "traitsChanged">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "eventsOf">;
  readonly definitions: Pick<Definitions, "exportDefinitions">;
  readonly rates: Pick<Rates, "convert">;
  readonly parentOf: (sku: string) => CatalogProduct | undefined;
  readonly reevaluate: Parameters<typeof createModels>[0]["reevaluate"];
};

export function joinModels({ config, people, profiles, audiences, definitions, rates, parentOf, ...deps }: Deps) {
  const currency = config.defaultCurrency;
  return createModels({
    postgres: deps.postgres,
    clock: deps.clock,
    logger: deps.logger,
    audit: deps.audit,
    scan: people.scan,
    count: people.count,
    linksOf: people.linksOf,
    eventsOf: deps.measurement.eventsOf,
    identityKey: profiles.identityKey,
    fold: (state, event) => foldEvent(state, event, { parentOf, applyLeaves: (leaves) => leaves, currency }),
    toMinor: (amount, day) => rates.convert(amount, currency, day)?.minor,
    currency,
    audienceId: (key) => audiences.idOf(key),
    isTrainer: runs(config.roles, "training"),
    timezone: config.timezone,
    definitions: () => definitions.exportDefinitions(),
    reevaluate: deps.reevaluate,
    onChange: () => void audiences.traitsChanged(),
  });
}
