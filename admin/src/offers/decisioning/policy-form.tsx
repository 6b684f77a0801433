import { Button, NumberField, Switch, TextField } from "@react-spectrum/s2";
import { DefinitionField, DefinitionsField } from "../../definitions/definition-field.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { movedItem, OrderList } from "../../ui/order-list.tsx";
import { Panel } from "../../ui/page.tsx";
import { row, rowStart, stack } from "../../ui/styles.ts";
import { CountInput } from "../price-rules/number-inputs.tsx";
import { withField } from "../price-rules/with-field.ts";
import { EligibilityFields } from "./eligibility-panel.tsx";
import { replacedAt, withoutAt } from "./list-edits.ts";
import { RankingFields } from "./ranking-fields.tsx";
import type { PolicyBody, PolicyEntry, StrategyEntry } from "./shapes.ts";

const m = messages.decisioning;
const maxEntries = 10;

export function PolicyForm({ body, onChange, faults, isReadOnly }: FormProps<PolicyBody>) {
  const shared = { faults, isReadOnly };
  const { entries } = body;
  const setEntries = (next: readonly PolicyEntry[]) => onChange({ ...body, entries: next });
  const nameOf = (entry: PolicyEntry) => (entry.type === "offer" ? entry.offer : entry.name) || messages.common.none;
  return (
    <>
      <Panel title={m.place}>
        <div className={rowStart}>
          <DefinitionsField
            kind="offer-placement"
            label={m.placements.many}
            values={body.placements}
            onChange={(placements) => onChange({ ...body, placements })}
            path="/placements"
            {...shared}
          />
          <NumberField
            label={m.priority}
            description={m.policyPriorityText}
            minValue={0}
            value={body.priority}
            isReadOnly={isReadOnly}
            onChange={(priority) => onChange({ ...body, priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
            {...invalidProps(faults, "/priority")}
          />
          <CountInput
            label={m.wanted}
            value={body.wanted}
            path="/wanted"
            onChange={(wanted) => onChange({ ...body, wanted })}
            {...shared}
          />
        </div>
      </Panel>
      <Panel title={m.entries} description={m.entriesText}>
        <OrderList
          label={m.entries}
          items={entries.map((entry, at) => ({ id: String(at), name: nameOf(entry), entry }))}
          isReadOnly={isReadOnly}
          onMove={(from, to) => setEntries(movedItem(entries, from, to))}
          handleText={m.moveEntry}
          movedText={m.movedEntry}
        >
          {({ entry }, at) => (
            <div className={stack}>
              <EntryFields
                entry={entry}
                path={`/entries/${at}`}
                onChange={(next) => setEntries(replacedAt(entries, at, next))}
                {...shared}
              />
              {isReadOnly ? null : (
                <div>
                  <Button
                    size="S"
                    variant="secondary"
                    fillStyle="outline"
                    aria-label={m.removeEntry(at + 1)}
                    onPress={() => setEntries(withoutAt(entries, at))}
                  >
                    {m.remove}
                  </Button>
                </div>
              )}
            </div>
          )}
        </OrderList>
        {isReadOnly || entries.length >= maxEntries ? null : (
          <div className={row}>
            <Button
              variant="secondary"
              onPress={() => setEntries([...entries, newStrategy(`strategy-${entries.length + 1}`)])}
            >
              {m.addStrategy}
            </Button>
            <Button variant="secondary" onPress={() => setEntries([...entries, { type: "offer", offer: "" }])}>
              {m.addOffer}
            </Button>
          </div>
        )}
      </Panel>
      <Panel title={m.lastResort}>
        <div className={rowStart}>
          <DefinitionField
            kind="offer"
            label={m.fallbackOffer}
            none={m.noFallback}
            value={body.fallback ?? ""}
            onChange={(key) => onChange(withField(body, "fallback", key || undefined))}
            path="/fallback"
            {...shared}
          />
          <Switch
            isSelected={body.emptyAllowed === true}
            isDisabled={isReadOnly}
            onChange={(on) => onChange(withField(body, "emptyAllowed", on || undefined))}
          >
            {m.emptyAllowed}
          </Switch>
        </div>
      </Panel>
      <Panel title={m.who} description={m.whoText}>
        <EligibilityFields body={body} onChange={onChange} {...shared} />
      </Panel>
    </>
  );
}

export function newStrategy(name: string): StrategyEntry {
  return { type: "strategy", name, collection: "", ranking: { method: "priority" } };
}

type EntryProps = Pick<FormProps<PolicyBody>, "faults" | "isReadOnly"> & {
  entry: PolicyEntry;
  path: string;
  onChange: (entry: PolicyEntry) => void;
};

function EntryFields({ entry, path, onChange, faults, isReadOnly }: EntryProps) {
  const shared = { faults, isReadOnly };
  if (entry.type === "offer")
    return (
      <DefinitionField
        kind="offer"
        label={m.offers.one}
        value={entry.offer}
        onChange={(offer) => onChange({ ...entry, offer })}
        path={`${path}/offer`}
        {...shared}
      />
    );
  const isForSome = entry.audiences !== undefined || entry.rule !== undefined;
  const setForSome = (on: boolean) => {
    const { audiences: _audiences, rule: _rule, audienceMatch: _match, ...others } = entry;
    onChange(on ? { ...others, audiences: [] } : others);
  };
  return (
    <>
      <div className={rowStart}>
        <TextField
          label={m.strategyName}
          value={entry.name}
          isReadOnly={isReadOnly}
          onChange={(name) => onChange({ ...entry, name })}
          {...invalidProps(faults, `${path}/name`)}
        />
        <DefinitionField
          kind="offer-collection"
          label={m.collection}
          value={entry.collection}
          onChange={(collection) => onChange({ ...entry, collection })}
          path={`${path}/collection`}
          {...shared}
        />
      </div>
      <RankingFields
        ranking={entry.ranking}
        onChange={(ranking) => onChange({ ...entry, ranking })}
        path={`${path}/ranking`}
        {...shared}
      />
      <Switch isSelected={isForSome} isDisabled={isReadOnly} onChange={setForSome}>
        {m.strategyWho}
      </Switch>
      {isForSome ? <EligibilityFields body={entry} onChange={onChange} faults={[]} isReadOnly={isReadOnly} /> : null}
    </>
  );
}
