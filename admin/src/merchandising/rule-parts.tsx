import { TextArea } from "@react-spectrum/s2";
import type { FormProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { ConditionEvents } from "./condition-events.tsx";
import { joinEvents, splitEvents } from "./edit-events.ts";
import { EligibilityFields } from "./eligibility-fields.tsx";
import { patched } from "./patched.ts";
import { previewedBody } from "./previewed-body.ts";
import { ProductsPanel } from "./products-panel.tsx";
import { RankingFields } from "./ranking-fields.tsx";
import type { RuleBody } from "./shapes.ts";

const m = messages.merchandising.rule;

type Props<B extends RuleBody> = Pick<FormProps<B>, "body" | "onChange" | "faults" | "isReadOnly"> & {
  kind: "search-rule" | "category-rule";
  category: string | null;
  firstQuery: string;
};

/** What search rules and category rules have in common: ranking, products, conditions, and who it is for. */
export function RuleParts<B extends RuleBody>({ kind, category, firstQuery, ...form }: Props<B>) {
  const { body, onChange, faults, isReadOnly } = form;
  const { named, byCondition } = splitEvents(body.events);
  // A patch of fields that every rule has is one of this rule too.
  const set = (patch: { readonly [K in keyof RuleBody]?: RuleBody[K] | undefined }) =>
    onChange(patched<RuleBody>(body, patch) as B);
  const setEvents = (events: NonNullable<RuleBody["events"]>) =>
    set({ events: events.length === 0 ? undefined : events });
  return (
    <>
      <RankingFields
        ranking={body.ranking}
        faults={faults}
        isReadOnly={isReadOnly}
        onChange={(ranking) => set({ ranking })}
      />
      <ProductsPanel
        kind={kind}
        body={previewedBody(body)}
        category={category}
        firstQuery={firstQuery}
        events={named}
        isReadOnly={isReadOnly}
        onChange={(next) => setEvents(joinEvents(next, byCondition))}
      />
      <ConditionEvents
        events={byCondition}
        offset={named.length}
        faults={faults}
        isReadOnly={isReadOnly}
        onChange={(next) => setEvents(joinEvents(named, next))}
      />
      <EligibilityFields value={body} faults={faults} isReadOnly={isReadOnly} onChange={set} />
      <Panel title={m.description}>
        <TextArea
          aria-label={m.description}
          maxLength={2_000}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(description) => set({ description: description || undefined })}
        />
      </Panel>
    </>
  );
}
