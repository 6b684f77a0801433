import type { Definitions } from "../../definitions/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { cartRuleKindName, type RuleChange } from "../cart-rules/index.ts";
import type { SimulationSettings } from "./settings.ts";
import type { RuleDefinition } from "./simulation-job.ts";

type Port = Pick<Definitions, "find" | "list" | "faultsOf" | "live">;
export type RuleSets = {
  readonly live: readonly RuleDefinition[];
  readonly draft: readonly RuleDefinition[];
  /** Keys of rules that differ. */
  readonly changed: readonly string[];
};

const always = { fromMs: null, toMs: null };
/** After every rule that there is, as a new one would be. */
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const maxDrafts = 2_000;

type Change = NonNullable<SimulationSettings["changes"]>[number];

/** The live rules, and the rules as they would be. @throws as `changeOf` */
export async function ruleSetsOf(definitions: Port, settings: SimulationSettings): Promise<RuleSets> {
  const { rules, removed } = await changeOf(definitions, settings);
  const live = definitions.live<RuleDefinition["body"]>(cartRuleKindName);
  const draft = new Map(live.map((rule) => [rule.key, rule]));
  for (const key of removed) draft.delete(key);
  for (const rule of rules) draft.set(rule.key, rule);
  return { live, draft: [...draft.values()], changed: [...rules.map(({ key }) => key), ...removed] };
}

/**
 * What differs from the live rules; of two changes of one rule the first counts. Days and schedules of changed rules do not count: the
 * question is what they would do.
 *
 * @throws {ClienteleError} `offers.nothingToSimulate`, `definitions.invalid`, `definitions.notFound`
 */
export async function changeOf(
  definitions: Port,
  settings: Pick<SimulationSettings, "changes" | "drafts">,
): Promise<RuleChange> {
  const live = new Map(
    definitions.live<RuleDefinition["body"]>(cartRuleKindName).map((rule) => [rule.key, rule] as const),
  );
  const changes = [...(settings.changes ?? []), ...(settings.drafts ? await draftsOf(definitions) : [])];
  const seen = new Set<string>();
  const [rules, removed]: [RuleDefinition[], string[]] = [[], []];
  for (const change of changes) {
    if (seen.has(change.key)) continue;
    seen.add(change.key);
    if (change.remove) removed.push(change.key);
    else rules.push(await changedRule(definitions, change, live.get(change.key)));
  }
  if (seen.size === 0)
    throw new ClienteleError(
      "offers.nothingToSimulate",
      "no rule differs from the live ones: change one, or save a draft",
    );
  return { rules, removed };
}

async function draftsOf(definitions: Port): Promise<readonly Change[]> {
  const found: Change[] = [];
  let cursor: string | undefined;
  do {
    const page = await definitions.list(cartRuleKindName, { limit: 200, cursor });
    for (const { key, draftVersion, status } of page.items)
      if (draftVersion !== null && status !== "archived") found.push({ key });
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length < maxDrafts);
  return found;
}

async function changedRule(
  definitions: Port,
  change: Change,
  live: RuleDefinition | undefined,
): Promise<RuleDefinition> {
  const stored = change.body === undefined ? await definitions.find(cartRuleKindName, change.key) : undefined;
  const body = change.body ?? stored?.body;
  const name = change.name ?? stored?.name ?? live?.name ?? change.key;
  const scope = stored?.scope ?? live?.scope ?? { storeViews: null };
  const faults = await definitions.faultsOf(cartRuleKindName, { key: change.key, name, body, scope, schedule: null });
  if (faults.length > 0)
    throw new ClienteleError("definitions.invalid", `the rule ${change.key} has ${faults.length} faults`, {
      details: faults.slice(0, 200),
    });
  // It has just been checked against the schema of this kind.
  const { from: _from, to: _to, ...checked } = body as RuleDefinition["body"];
  return {
    ...{ id: stored?.id ?? live?.id ?? lastId, kind: cartRuleKindName, key: change.key, name, scope },
    ...{ version: 0, schedule: null, window: always, body: checked, updatedAt: 0 },
  };
}
