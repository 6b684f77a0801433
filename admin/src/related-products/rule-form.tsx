import { ActionButton, Menu, MenuItem, MenuTrigger, NumberField, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { faultsBelow } from "../merchandising/faults-below.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { row, rowStart } from "../ui/styles.ts";
import { type Preset, presetConditions, withCondition } from "./presets.ts";
import { listNames, type RelatedRuleBody } from "./shapes.ts";

const m = messages.related;
const maxResults = 20;

/** For which products, which products, for whom, and how much of it. */
export function RelatedRuleForm({ body, onChange, faults, isReadOnly }: FormProps<RelatedRuleBody>) {
  const set = (patch: Partial<RelatedRuleBody>) => onChange({ ...body, ...patch });
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <ChoiceField
            label={m.applyTo}
            isReadOnly={isReadOnly}
            value={body.applyTo}
            choices={listNames.map((key) => ({ key, ...m.names[key] }))}
            onChange={(key) => set({ applyTo: listNames.find((each) => each === key) ?? "related" })}
          />
          <NumberField
            label={m.priority}
            description={m.priorityText}
            minValue={1}
            value={body.priority}
            isReadOnly={isReadOnly}
            onChange={(priority) => set({ priority: Number.isNaN(priority) ? 1 : Math.round(priority) })}
            {...invalidProps(faults, "/priority")}
          />
          <NumberField
            label={m.resultLimit}
            description={m.resultLimitText}
            minValue={1}
            maxValue={maxResults}
            value={body.resultLimit ?? maxResults}
            isReadOnly={isReadOnly}
            onChange={(limit) => set({ resultLimit: Number.isNaN(limit) ? maxResults : Math.round(limit) })}
            {...invalidProps(faults, "/resultLimit")}
          />
        </div>
      </Panel>
      <Panel title={m.match} description={m.matchText}>
        <RuleBuilder
          rule={body.match}
          subjects={["product", "context"]}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/match")}
          onChange={(match) => set({ match })}
        />
      </Panel>
      <Panel
        title={m.display}
        description={m.displayText}
        aside={
          isReadOnly ? null : (
            <Presets onAdd={(preset) => set({ display: withCondition(body.display, presetConditions[preset]) })} />
          )
        }
      >
        <RuleBuilder
          rule={body.display}
          subjects={["product", "context"]}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/display")}
          onChange={(display) => set({ display })}
        />
      </Panel>
      <Panel title={m.who} description={m.whoText}>
        <AudiencesField
          values={body.audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(audiences) => set({ audiences })}
        />
      </Panel>
    </>
  );
}

function Presets({ onAdd }: { onAdd: (preset: Preset) => void }) {
  return (
    <div className={row}>
      <MenuTrigger>
        <ActionButton size="S">
          <Add />
          <Text>{m.preset}</Text>
        </ActionButton>
        <Menu
          aria-label={m.preset}
          // Its keys are the items below.
          onAction={(key) => onAdd(key as Preset)}
        >
          {Object.entries(m.presets).map(([key, texts]) => (
            <MenuItem key={key} id={key} textValue={texts.label}>
              <Text slot="label">{texts.label}</Text>
              <Text slot="description">{texts.text}</Text>
            </MenuItem>
          ))}
        </Menu>
      </MenuTrigger>
    </div>
  );
}
