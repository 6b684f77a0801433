import { NumberField, Switch, TextArea } from "@react-spectrum/s2";
import { useState } from "react";
import type { FormProps, KindPage, SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart, stackTight } from "../ui/styles.ts";
import { faultsBelow } from "./faults-below.ts";
import { mutedAlert } from "./muted-alert.tsx";
import { TrySearch } from "./try-search.tsx";

const m = messages.merchandising.settings;

const fields = ["name", "sku", "brand", "category", "description"] as const;
const switches = ["isPersonal", "isLearned", "isVaried", "isExploring"] as const;
/** What ships. */
const plainWeights = { name: 3, sku: 6, brand: 2, category: 2, description: 1 } as const;

type SearchSettingsBody = {
  readonly stopWords?: readonly string[];
  readonly outOfStockLast?: boolean;
  readonly neverSuggested?: readonly string[];
  readonly fieldWeights?: { readonly [field in (typeof fields)[number]]?: number };
  readonly ranking?: { readonly [name in (typeof switches)[number]]?: boolean };
};

export const searchSettingsKind: KindPage<SearchSettingsBody> = {
  kind: "search-settings",
  path: "/search-settings",
  texts: messages.merchandising.searchSettings,
  columns: [],
  emptyBody: () => ({ stopWords: [], outOfStockLast: false }),
  Form: SettingsForm,
  Side: SettingsSide,
  tabs: [],
};

function SettingsForm(props: FormProps<SearchSettingsBody>) {
  const { body, onChange, isReadOnly } = props;
  return (
    <>
      <Weights {...props} />
      <Panel title={m.ranking} description={m.rankingText}>
        <div className={stackTight}>
          {switches.map((name) => (
            <Switch
              key={name}
              isSelected={body.ranking?.[name] ?? true}
              isDisabled={isReadOnly}
              onChange={(isOn) => onChange({ ...body, ranking: { ...body.ranking, [name]: isOn } })}
            >
              {m.switches[name]}
            </Switch>
          ))}
          <Switch
            isSelected={body.outOfStockLast ?? false}
            isDisabled={isReadOnly}
            onChange={(outOfStockLast) => onChange({ ...body, outOfStockLast })}
          >
            {m.outOfStockLast}
          </Switch>
        </div>
      </Panel>
      <Words {...props} field="stopWords" title={m.words} text={m.wordsText} />
      <Words {...props} field="neverSuggested" title={m.neverSuggested} text={m.neverSuggestedText} />
    </>
  );
}

function Weights({ body, onChange, faults, isReadOnly }: FormProps<SearchSettingsBody>) {
  return (
    <Panel title={m.weights} description={m.weightsText}>
      <div className={rowStart}>
        {fields.map((field) => (
          <NumberField
            key={field}
            label={m.fields[field]}
            minValue={0}
            maxValue={10}
            step={0.1}
            value={body.fieldWeights?.[field] ?? plainWeights[field]}
            isReadOnly={isReadOnly}
            onChange={(weight) =>
              onChange({
                ...body,
                fieldWeights: { ...body.fieldWeights, [field]: Number.isNaN(weight) ? plainWeights[field] : weight },
              })
            }
          />
        ))}
      </div>
      {mutedAlert(faultsBelow(faults, "/fieldWeights"))}
    </Panel>
  );
}

type WordsProps = FormProps<SearchSettingsBody> & {
  readonly field: "stopWords" | "neverSuggested";
  readonly title: string;
  readonly text: string;
};

function Words({ body, onChange, faults, isReadOnly, field, title, text }: WordsProps) {
  // What is typed stays as typed: an empty line at the end is where the next word goes.
  const [typed, setTyped] = useState((body[field] ?? []).join("\n"));
  return (
    <Panel title={title} description={text}>
      <TextArea
        aria-label={title}
        value={typed}
        isReadOnly={isReadOnly}
        onChange={(next) => {
          setTyped(next);
          onChange({ ...body, [field]: linesOf(next) });
        }}
      />
      {mutedAlert(faultsBelow(faults, `/${field}`))}
    </Panel>
  );
}

function linesOf(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/[\n,;]/)
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    ),
  ];
}

function SettingsSide({ body }: SideProps<SearchSettingsBody>) {
  return <TrySearch title={m.try} text={m.tryText} kind="search-settings" takesAll body={body} />;
}
