import type { CanonicalEvent } from "../../collect/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import type { SecretBox, SecretMap } from "../secrets/secret-box.ts";
import type { StoredDestination } from "./destination.ts";
import { createSender } from "./senders/create-sender.ts";
import type { SenderDeps } from "./senders/http-senders.ts";
import type { Sender } from "./senders/sender.ts";

/** A destination ready for work: its secrets opened, its rule compiled. */
export type PreparedDestination = {
  readonly sender: Sender;
  readonly matchesRule: (event: CanonicalEvent) => boolean;
};

export type PrepareDeps = SenderDeps & {
  readonly secrets: SecretBox;
  /** Compiles a rule over `event.`. */
  readonly compileRule: (rule: JsonValue) => Pick<CompiledRule, "test">;
};

/** What the sealed secrets of a destination belong to. */
export const destinationContext = (id: string) => `destination:${id}`;

/** An event as rules over `event.` read it. */
function matcher(rule: Pick<CompiledRule, "test">, now: () => number): (event: CanonicalEvent) => boolean {
  return ({ type, timestamp, sourceId, storeView, properties, context }) =>
    rule.test({ event: { type, timestamp, source: sourceId, storeView, properties, context } }, now());
}

export function createPrepareDestination(deps: PrepareDeps) {
  const prepared = new Map<string, { readonly etag: number; readonly value: PreparedDestination }>();
  const make = ({ id, config, sealed }: StoredDestination): PreparedDestination => {
    const secrets: SecretMap = deps.secrets.open(sealed, destinationContext(id));
    const { rule } = config.events;
    return {
      sender: createSender(config, secrets, deps),
      matchesRule: rule === undefined ? () => true : matcher(deps.compileRule(rule), deps.now),
    };
  };
  /** Made once for each version of a destination; there are at most a few hundred. */
  return (destination: StoredDestination): PreparedDestination => {
    const known = prepared.get(destination.id);
    if (known?.etag === destination.etag) return known.value;
    const value = make(destination);
    prepared.set(destination.id, { etag: destination.etag, value });
    return value;
  };
}
