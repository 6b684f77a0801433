// One event about several propositions becomes one event each, so that every impression counts once a (proposition, page view),
// in whatever grouping the client reports it: by itself, or inside a later page view.
import { plainText, sha256Hex } from "../../kernel/index.ts";
import { verifyProposition } from "./proposition-token.ts";
import { type Loose, objectOf, textOf } from "./values.ts";
import {
  type Decisioning,
  eventTypeOfAction,
  type PropositionAction,
  readDecisioning,
} from "./xdm/read-decisioning.ts";
import type { CheckedProposition, XdmUnit } from "./xdm/unit.ts";

export type SplitDeps = {
  /** Secret of the write key; empty = tokens cannot be checked. */
  readonly secret: string;
  /** Message id of the page view under way; absent when it is not known. */
  readonly pageView: string | undefined;
};

const keptFields = [
  "timestamp",
  "identityMap",
  "personID",
  "web",
  "device",
  "environment",
  "placeContext",
  "implementationDetails",
  "channel",
];

function checkToken(proposition: Loose, unit: XdmUnit, secret: string): CheckedProposition | undefined {
  const characteristics = objectOf(objectOf(proposition["scopeDetails"])["characteristics"]);
  return unit.ecid === undefined ? undefined : verifyProposition(characteristics["eventToken"], unit.ecid, secret);
}

/** Impressions repeat by (proposition, page view); everything else by request. */
function messageIdOf(
  unit: XdmUnit,
  proposition: Loose,
  action: PropositionAction,
  part: number,
  deps: SplitDeps,
): { messageId?: string } {
  const id = textOf(proposition["id"], 256);
  const isOurs = checkToken(proposition, unit, deps.secret) !== undefined;
  // The ids of other deciders are the same on every page: without the page view they tell nothing apart.
  if (action === "display" && id !== undefined && (isOurs || deps.pageView !== undefined)) {
    const view = textOf(objectOf(objectOf(unit.xdm["web"])["webPageDetails"])["viewName"]) ?? "";
    const key = [unit.ecid ?? "", id, deps.pageView ?? "", view].join("\n");
    return { messageId: `display-${sha256Hex(key).slice(0, 32)}` };
  }
  const base =
    textOf(unit.xdm["_id"]) ?? (unit.requestId === undefined ? undefined : `${unit.requestId}:${unit.index}`);
  return base === undefined ? {} : { messageId: part === 0 ? base : `${base}#${part}` };
}

function partsOf(unit: XdmUnit, { propositions, actions, action }: Decisioning, deps: SplitDeps): readonly XdmUnit[] {
  const { xdm } = unit;
  const isOwnEvent = actionTypes.has(plainText(xdm["eventType"]).toLowerCase());
  const common = Object.fromEntries(keptFields.flatMap((key) => (key in xdm ? [[key, xdm[key]]] : [])));
  return actions.flatMap((kind) =>
    propositions.map((proposition, at) => {
      const checked = checkToken(proposition, unit, deps.secret);
      const decisioning = {
        propositions: [proposition],
        propositionEventType: { [kind]: 1 },
        ...(Object.keys(action).length > 0 ? { propositionAction: action } : {}),
      };
      // A part of an event of its own keeps that event's number; one inside another event must not take its place.
      const part = actions.indexOf(kind) * propositions.length + at + (isOwnEvent ? 0 : 1);
      return {
        ...unit,
        ...messageIdOf(unit, proposition, kind, part, deps),
        ...(checked ? { proposition: checked } : {}),
        xdm: { ...common, eventType: eventTypeOfAction(kind), _experience: { decisioning } },
      };
    }),
  );
}

const actionTypes = new Set(
  (["display", "interact", "dismiss", "trigger", "suppressDisplay"] as const).map((action) =>
    eventTypeOfAction(action).toLowerCase(),
  ),
);

/** The events that one is worth: itself, and one for each thing that happened to each of its propositions. */
export function splitPropositions(unit: XdmUnit, deps: SplitDeps): readonly XdmUnit[] {
  const decisioning = readDecisioning(unit.xdm);
  if (!decisioning || decisioning.actions.length === 0) return [unit];
  const parts = partsOf(unit, decisioning, deps);
  if (actionTypes.has(plainText(unit.xdm["eventType"]).toLowerCase())) return parts;
  const { decisioning: _decisioning, ...experience } = objectOf(unit.xdm["_experience"]);
  const rest = Object.keys(experience).length > 0 ? { _experience: experience } : {};
  const { _experience: _all, ...xdm } = unit.xdm;
  return [{ ...unit, xdm: { ...xdm, ...rest } }, ...parts];
}
