import { ClienteleError, type Clock } from "../../kernel/index.ts";
import type { ConsentStates } from "./admit-event.ts";
import { toRecord } from "./collect-batch.ts";
import type { OutboxItem, StoredDestination } from "./destination.ts";
import type { AudienceLookup } from "./name-audiences.ts";
import type { PreparedDestination } from "./prepare-destination.ts";
import type { DestinationStore } from "./store.ts";

export type ReplayDeps = {
  readonly store: DestinationStore;
  readonly clock: Clock;
  readonly prepare: (destination: StoredDestination) => PreparedDestination;
  readonly consentsOf: (profileIds: readonly string[]) => Promise<ReadonlyMap<string, ConsentStates>>;
  readonly audiencesOf: AudienceLookup;
};

export type Replayed = {
  readonly replayed: number;
  readonly delivered: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
};

const limitMs = 30_000;
const lettersPerCall = 200;

/**
 * Sends dead letters again, each by itself and in the order they died, with the present configuration and the present consent.
 * A letter that arrives is marked and its content removed; one that is refused again stays.
 */
export function createLetterReplay(deps: ReplayDeps) {
  const sendItems = async (
    destination: StoredDestination,
    id: string,
    items: readonly (OutboxItem | null)[],
    signal: AbortSignal,
  ): Promise<{ readonly delivered: number; readonly fault: string | null }> => {
    const { sender, matchesRule } = deps.prepare(destination);
    const present = items.filter((item) => item !== null);
    const ids = [...new Set(present.flatMap(({ profileId }) => profileId ?? []))];
    const consents = await deps.consentsOf(ids);
    const audiences = await deps.audiencesOf(present);
    const options = {
      config: destination.config,
      matchesRule,
      consentOf: (profileId: string) => consents.get(profileId),
      audienceOf: (audienceId: string) => audiences.get(audienceId),
      translate: sender.translate,
      maxBytes: sender.maxBytes,
      nowMs: deps.clock.now(),
    };
    const records = present.map((item) => toRecord(item, options)).filter((record) => record !== null);
    const { batchSize } = destination.config;
    for (let from = 0; from < records.length; from += batchSize) {
      const facts = { deliveryId: `${destination.key}-letter-${id}-${from}`, createdAt: deps.clock.now(), signal };
      const result = await sender.send(records.slice(from, from + batchSize), facts);
      if (result.kind !== "done") return { delivered: from, fault: result.message };
    }
    return { delivered: records.length, fault: null };
  };

  /**
   * @param letterId one letter, or undefined for the oldest 200 that are open
   * @throws {ClienteleError} `connectors.notFound` for an unknown letter, or one that was replayed
   */
  return async (destination: StoredDestination, letterId?: string): Promise<Replayed> => {
    const ids = letterId === undefined ? await deps.store.letters.open(destination.id, lettersPerCall) : [letterId];
    const signal = AbortSignal.timeout(limitMs);
    const failed: { id: string; message: string }[] = [];
    let replayed = 0;
    let delivered = 0;
    for (const id of ids) {
      if (signal.aborted) break;
      const items = await deps.store.letters.find(destination.id, id);
      if (!items) {
        if (letterId !== undefined)
          throw new ClienteleError("connectors.notFound", `there is no open dead letter ${id}`);
        continue;
      }
      const { delivered: count, fault } = await sendItems(destination, id, items, signal);
      delivered += count;
      if (fault !== null) {
        failed.push({ id, message: fault });
        continue;
      }
      await deps.store.letters.markReplayed(id, deps.clock.now());
      replayed += 1;
    }
    return { replayed, delivered, failed };
  };
}
