// The models of live policies: which there are, which version serves, when to train.
import type { AuditTrail, Via } from "../../access/index.ts";
import { ClienteleError, type Clock, type Logger } from "../../kernel/index.ts";
import type { ModelStore } from "../../models/index.ts";
import type { Bandit } from "./bandit.ts";
import { isStrategy, type ModelSettings, type PolicyBody } from "./bodies.ts";
import { type LiveModel, modelKeyOf } from "./decide-policy.ts";
import { policyKind } from "./offer-kinds.ts";
import type { LiveOf } from "./offer-set.ts";
import type { OfferLogStore } from "./store.clickhouse.ts";
import { trainModel } from "./train-model.ts";

/** JSON of a version. */
export type BanditArtefact = { readonly inputSet: string; readonly bandit: Bandit };
export type PolicyModel = {
  readonly key: string;
  readonly policy: string;
  readonly strategy: string;
  readonly settings: ModelSettings;
};

export type ChangedBy = { readonly actor: string; readonly via: Via; readonly requestId: string };

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const staleMs = 5 * 60_000;

/** Models that live policies ask for. */
export function modelsOf(live: LiveOf): readonly PolicyModel[] {
  return live<PolicyBody>(policyKind).flatMap(({ key, body }) =>
    body.entries.filter(isStrategy).flatMap(({ name, ranking }): PolicyModel[] => {
      const settings = ranking.method === "priority" ? undefined : ranking.model;
      return settings ? [{ key: modelKeyOf(key, name), policy: key, strategy: name, settings }] : [];
    }),
  );
}

function entryOf(action: "train" | "promote", key: string, by: ChangedBy, after: object) {
  return { ...by, action: `offers.${action}`, objectKind: "model", objectId: key, before: null, after };
}

export function createModelKeeper(deps: {
  readonly models: ModelStore;
  readonly log: OfferLogStore;
  readonly live: LiveOf;
  readonly isTrainer: boolean;
  readonly audit: AuditTrail;
  /** Writes choices that wait. */
  readonly flush: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { models, log, clock, logger } = deps;
  const serving = new Map<string, LiveModel>();
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const load = async (key: string): Promise<void> => {
    const number = await models.liveNumber(key);
    if (number === (serving.get(key)?.version ?? null)) return;
    const found = await models.liveOf(key);
    if (!found) {
      serving.delete(key);
      return;
    }
    // Written by a training of this folder.
    const { inputSet, bandit } = found.artefact as BanditArtefact;
    serving.set(key, { version: found.version, inputSet, bandit });
  };

  const refresh = async (): Promise<void> => {
    const wanted = modelsOf(deps.live);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const key of serving.keys()) if (!keys.has(key)) serving.delete(key);
    for (const key of keys) await load(key);
  };

  const train = async (model: PolicyModel, startedBy: string): Promise<void> => {
    await deps.flush();
    await trainModel({ models, log, clock, logger, stopping: stopping.signal }, model, startedBy);
    await load(model.key);
  };

  const find = (key: string): PolicyModel => {
    const model = modelsOf(deps.live).find((one) => one.key === key);
    if (!model) throw new ClienteleError("offers.modelNotFound", `no live offer policy has the model ${key}`);
    return model;
  };

  const trainable = (key: string): PolicyModel => {
    const model = find(key);
    if (deps.isTrainer) return model;
    throw new ClienteleError(
      "offers.notTrainer",
      "this process does not train; send the call to one with the role trainer, or wait for the daily training",
    );
  };

  const isDue = async ({ key }: PolicyModel): Promise<boolean> => {
    const [last] = await models.runs(key, 1);
    if (!last) return true;
    if (last.status === "running") return clock.now() - last.heartbeatAt >= staleMs;
    // What found too little looks again soon.
    return clock.now() - last.startedAt >= (last.version === null ? hourMs : dayMs);
  };

  return {
    of: (key: string): LiveModel | undefined => serving.get(key),
    list: () => modelsOf(deps.live),
    refresh,
    /** Trains what is due, one model after the other. */
    trainDue: async (): Promise<void> => {
      for (const model of modelsOf(deps.live)) {
        if (stopping.signal.aborted) return;
        if (await isDue(model)) {
          const work = train(model, "schedule");
          running = work.catch(() => undefined);
          await work;
        }
      }
    },
    /** @throws {ClienteleError} `offers.modelNotFound`, `offers.notTrainer` */
    assertTrainable: (key: string): void => void trainable(key),
    /** Trains one model now; resolves when it is over. @throws {ClienteleError} `offers.modelNotFound`, `offers.notTrainer` */
    train: async (key: string, by: ChangedBy): Promise<void> => {
      const model = trainable(key);
      await models.transaction((tx) => deps.audit.record(tx, entryOf("train", key, by, {})));
      await train(model, by.actor);
    },
    /** Makes a version serve, an earlier or a refused one too. @throws {ClienteleError} `offers.modelNotFound` */
    promote: async (key: string, version: number, by: ChangedBy): Promise<void> => {
      find(key);
      if (!(await models.version(key, version)))
        throw new ClienteleError("offers.modelNotFound", `the model ${key} has no version ${version}`);
      await models.transaction(async (tx) => {
        await models.promote(tx, key, version, by.actor, clock.now());
        await deps.audit.record(tx, entryOf("promote", key, by, { version }));
      });
      await load(key);
    },
    versions: (key: string) => models.versions(key, 30),
    exploration: (days: number) => log.exploration(clock.now() - days * dayMs),
    /** Ends a training under way. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await running;
    },
  };
}
