// The versions that serve, ready to score.
import { isObject } from "../../kernel/index.ts";
import type { CustomerValueParams } from "../customer-value/index.ts";
import type { ClusterModel } from "../learners/cluster-people.ts";
import type { Model } from "../model.ts";
import type { LookalikeModel } from "../training/learn.ts";
import type { ScoreModel } from "../training/score-model.ts";

type Serving = { readonly key: string; readonly version: number; readonly confidence: number | undefined };

export type ServingModel = Serving &
  (
    | { readonly kind: "score"; readonly trait: string; readonly customersOnly: boolean; readonly model: ScoreModel }
    | { readonly kind: "lookalike"; readonly trait: string; readonly audience: string; readonly model: LookalikeModel }
    | { readonly kind: "clusters"; readonly trait: string; readonly model: ClusterModel }
    | { readonly kind: "customer_value"; readonly model: CustomerValueParams }
  );

/** Undefined for an artefact of a layout that this program does not know. */
export function toServing(model: Model, version: number, trait: string, artefact: unknown): ServingModel | undefined {
  if (!isObject(artefact) || !isObject(artefact["model"]) || artefact["model"]["format"] !== 1) return undefined;
  const confidence = typeof artefact["confidence"] === "number" ? artefact["confidence"] : undefined;
  const serving = { key: model.key, version, confidence };
  const { settings } = model;
  // Each was written by the training of its kind; `format` tells the layout.
  const content: unknown = artefact["model"];
  switch (settings.kind) {
    case "score":
      return {
        ...serving,
        kind: "score",
        trait,
        customersOnly: settings.customersOnly ?? false,
        model: content as ScoreModel,
      };
    case "lookalike":
      return { ...serving, kind: "lookalike", trait, audience: settings.audience, model: content as LookalikeModel };
    case "clusters":
      return { ...serving, kind: "clusters", trait, model: content as ClusterModel };
    case "customer_value":
      return { ...serving, kind: "customer_value", model: content as CustomerValueParams };
  }
}
