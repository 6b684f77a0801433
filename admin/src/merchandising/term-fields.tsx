import type { Fault } from "../api/client.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { AttributeField } from "./attribute-field.tsx";
import { patched } from "./patched.ts";
import type { RankingTerm } from "./shapes.ts";
import { useNumberAttributes } from "./use-number-attributes.ts";

const m = messages.merchandising.ranking;

export const rankingChoices = Object.entries(m.choices).map(([key, texts]) => ({ key, ...texts }));

export function startedTerm(by: string): RankingTerm {
  return by === "attribute" ? { by, attribute: "", direction: "desc" } : { by };
}

type TermProps = {
  term: RankingTerm;
  at: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
  onChange: (term: RankingTerm) => void;
};

/** What a trend or an attribute needs besides its name. */
export function TermFields({ term, at, faults, isReadOnly, onChange }: TermProps) {
  const attributes = useNumberAttributes();
  if (term.by === "trending") {
    return (
      <ChoiceField
        label={m.window}
        isReadOnly={isReadOnly}
        choices={Object.entries(m.windows).map(([key, label]) => ({ key, label }))}
        value={String(term.windowDays ?? 3)}
        onChange={(days) => onChange(patched(term, { windowDays: Number(days) }))}
      />
    );
  }
  if (term.by !== "attribute") return null;
  return (
    <>
      <AttributeField
        choices={attributes}
        value={term.attribute ?? ""}
        isReadOnly={isReadOnly}
        fault={invalidProps(faults, `${at}/attribute`)}
        onChange={(attribute) => onChange({ ...term, attribute })}
      />
      <ChoiceField
        label={m.direction}
        isReadOnly={isReadOnly}
        choices={Object.entries(m.directions).map(([key, label]) => ({ key, label }))}
        value={term.direction ?? "desc"}
        onChange={(direction) => onChange({ ...term, direction: direction === "asc" ? "asc" : "desc" })}
      />
    </>
  );
}
