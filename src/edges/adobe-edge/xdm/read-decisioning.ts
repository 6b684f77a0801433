import { type JsonObject, plainNumber } from "../../../kernel/index.ts";
import { compact, type Loose, listOf, objectOf, textOf } from "../values.ts";
import type { CheckedProposition } from "./unit.ts";

const maxPropositions = 50;

/** What can happen to a proposition, as `propositionEventType` names it. */
export const propositionActions = ["display", "interact", "dismiss", "trigger", "suppressDisplay"] as const;
export type PropositionAction = (typeof propositionActions)[number];

export type Decisioning = {
  readonly propositions: readonly Loose[];
  readonly actions: readonly PropositionAction[];
  readonly action: Loose;
};

const typePrefix = "decisioning.proposition";

function actionOfType(eventType: string): PropositionAction | undefined {
  if (!eventType.toLowerCase().startsWith(typePrefix.toLowerCase())) return undefined;
  const name = eventType.slice(typePrefix.length).toLowerCase();
  return propositionActions.find((action) => action.toLowerCase() === name);
}

export function eventTypeOfAction(action: PropositionAction): string {
  return `${typePrefix}${action.charAt(0).toUpperCase()}${action.slice(1)}`;
}

/** What an event says of propositions: counted by `propositionEventType`, by the event's own type where that is missing. */
export function readDecisioning(xdm: Loose): Decisioning | undefined {
  const decisioning = objectOf(objectOf(xdm["_experience"])["decisioning"]);
  const propositions = listOf(decisioning["propositions"], maxPropositions).map(objectOf);
  if (propositions.length === 0) return undefined;
  const kinds = objectOf(decisioning["propositionEventType"]);
  const stated = propositionActions.filter((action) => plainNumber(kinds[action]) > 0);
  const own = actionOfType(textOf(xdm["eventType"]) ?? "");
  const actions = stated.length > 0 ? stated : own ? [own] : [];
  return { propositions, actions, action: objectOf(decisioning["propositionAction"]) };
}

/** Properties of an event about propositions. */
export function readPropositions(xdm: Loose, checked: CheckedProposition | undefined): JsonObject {
  const decisioning = readDecisioning(xdm);
  if (!decisioning) return {};
  const { action, actions } = decisioning;
  const propositions = decisioning.propositions.map((proposition) => {
    const details = objectOf(proposition["scopeDetails"]);
    const [item] = listOf(proposition["items"], 1);
    return compact({
      id: textOf(proposition["id"], 256),
      scope: textOf(proposition["scope"]),
      activityId: textOf(objectOf(details["activity"])["id"], 256),
      variantId: textOf(objectOf(details["experience"])["id"], 256),
      itemId: textOf(objectOf(item)["id"], 256),
      action: actions[0],
      label: textOf(action["label"]),
      tokens: listOf(action["tokens"], 10).flatMap((token) => textOf(token) ?? []),
      reason: textOf(action["reason"]),
    });
  });
  return compact({
    propositions,
    decisionId: checked?.decisionId,
    placement: checked?.placement,
    activityId: checked?.activityId,
  });
}
