import { Picker, PickerItem, SegmentedControl, SegmentedControlItem, Text, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { useDefinition, useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useUrlState } from "../../shell/navigation.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { mainAndSide, muted, plainList, rowStart, stackTight, stackWide } from "../../ui/styles.ts";
import type { BlockBody } from "../shapes.ts";
import { StoreViewsField } from "../store-views-field.tsx";
import { GenerateForm } from "./generate-form.tsx";
import { LongText } from "./long-text.tsx";
import { ManualForm } from "./manual-form.tsx";
import { textsOf } from "./texts-of.ts";
import { useModel } from "./use-variations.ts";
import { fieldName } from "./words.ts";

const m = messages.variations;
const wide = style({ width: 320, maxWidth: "full" });

/** Which text, for whom, and who writes. */
export function NewVariationsPage() {
  const [url, change] = useUrlState();
  const blocks = useDefinitionChoices("block");
  const chosen = blocks.data?.items.find(({ key }) => key === url["block"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/variations" }}>
      <div className={mainAndSide}>
        <div className={stackWide}>
          <Panel title={m.block}>
            <Picker
              label={m.block}
              placeholder={m.chooseBlock}
              styles={wide}
              selectedKey={chosen?.key ?? null}
              onSelectionChange={(key) => change({ block: key === null ? null : String(key) })}
            >
              {(blocks.data?.items ?? [])
                .filter(({ status }) => status !== "archived")
                .map(({ key, name }) => (
                  <PickerItem key={key} id={key} textValue={name}>
                    <Text slot="label">{name}</Text>
                    <Text slot="description">{key}</Text>
                  </PickerItem>
                ))}
            </Picker>
          </Panel>
          {chosen ? <BlockTexts key={chosen.id} id={chosen.id} block={chosen.key} /> : null}
        </div>
        <aside className={stackWide} aria-label={m.rules}>
          <RulesInForce />
        </aside>
      </div>
    </Page>
  );
}

function BlockTexts({ id, block }: { id: string; block: string }) {
  const query = useDefinition<BlockBody>("block", id);
  return (
    <Loaded query={query}>
      {({ body }) => {
        const texts = textsOf(body);
        return texts.length === 0 ? <p className={muted}>{m.noText}</p> : <NewRun block={block} texts={texts} />;
      }}
    </Loaded>
  );
}

/** What both ways of writing need. */
export type RunFields = {
  readonly block: string;
  readonly field: string;
  readonly locale: string;
  readonly storeViews?: readonly string[];
};

function NewRun({ block, texts }: { block: string; texts: ReturnType<typeof textsOf> }) {
  const model = useModel();
  const [isByHand, setByHand] = useState(false);
  const [field, setField] = useState(texts[0]?.field ?? "/html");
  const [locale, setLocale] = useState(() => navigator.language.slice(0, 2));
  const [storeViews, setStoreViews] = useState<readonly string[]>([]);
  const source = texts.find((each) => each.field === field)?.text ?? "";
  const fields: RunFields = { block, field, locale, ...(storeViews.length > 0 ? { storeViews } : {}) };
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <ChoiceField
            label={m.field}
            value={field}
            choices={texts.map((each) => ({ key: each.field, label: fieldName(each.field) }))}
            onChange={setField}
          />
          <TextField label={m.locale} description={m.localeText} value={locale} onChange={setLocale} />
          <StoreViewsField values={storeViews} onChange={setStoreViews} />
        </div>
        <div className={stackTight}>
          <p className={muted}>{m.source}</p>
          <LongText text={source} label={m.source} />
        </div>
      </Panel>
      <Loaded query={model}>
        {({ isConfigured, name }) => (
          <Panel title={m.how} description={isConfigured ? m.model(name ?? "") : m.noModel}>
            {isConfigured ? (
              <SegmentedControl
                aria-label={m.how}
                selectedKey={isByHand ? "hand" : "model"}
                onSelectionChange={(key) => setByHand(key === "hand")}
              >
                <SegmentedControlItem id="model">{m.byModel}</SegmentedControlItem>
                <SegmentedControlItem id="hand">{m.byHand}</SegmentedControlItem>
              </SegmentedControl>
            ) : null}
            {isByHand || !isConfigured ? (
              <ManualForm key={field} fields={fields} source={source} />
            ) : (
              <GenerateForm fields={fields} />
            )}
          </Panel>
        )}
      </Loaded>
    </>
  );
}

function RulesInForce() {
  const query = useDefinitionChoices("brand-rules");
  return (
    <Panel title={m.rules}>
      <Loaded query={query}>
        {({ items }) => {
          const live = items.filter(({ status }) => status === "live");
          return live.length === 0 ? (
            <p className={muted}>{m.rulesNone}</p>
          ) : (
            <ul className={plainList}>
              {live.map(({ id, name }) => (
                <li key={id}>
                  <AppLink to={`/brand-rules/${id}`}>{name}</AppLink>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      <p className={muted}>
        <AppLink to="/brand-rules">{m.rulesLink}</AppLink>
      </p>
    </Panel>
  );
}
