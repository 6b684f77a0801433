import { Switch, TextArea, TextField } from "@react-spectrum/s2";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, faultAt, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { RuleBuilder } from "./rule-builder/rule-builder.tsx";
import { startingRule } from "./starting-rule.ts";
import { TemplateButton } from "./templates/template-button.tsx";
import { useRuleFaults } from "./use-rule-faults.ts";

const m = messages.audiences;
const v = messages.audienceViews;

type Props = FormProps<AudienceBody>;

export function AudienceForm(props: Props) {
  const { body, onChange, faults, isReadOnly } = props;
  return (
    <>
      {body.imported ? <ImportedFields {...props} /> : <RuleFields {...props} />}
      <Panel title={m.description}>
        <TextArea
          aria-label={m.description}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(description) => onChange({ ...body, description })}
          {...invalidProps(faults, "/description")}
        />
      </Panel>
      <Panel title={v.members}>
        <AppliesTo {...props} />
        <Switch
          isSelected={body.imported !== undefined}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(on ? asImported(body) : asRule(body))}
        >
          {v.isImported}
        </Switch>
      </Panel>
    </>
  );
}

function RuleFields({ body, scope, onChange, faults, isReadOnly }: Props) {
  const { rule = startingRule, appliesTo, timezone } = body;
  const ruleFaults = useRuleFaults({ rule, appliesTo, timezone, storeViews: scope.storeViews }, faults);
  return (
    <Panel
      title={m.who}
      description={m.whoText}
      aside={isReadOnly ? null : <TemplateButton onUse={(next) => onChange({ ...body, rule: next })} />}
    >
      <RuleBuilder
        rule={rule}
        isReadOnly={isReadOnly}
        faults={ruleFaults}
        onChange={(next) => onChange({ ...body, rule: next })}
      />
    </Panel>
  );
}

/** Members that another system gives through the API. */
function ImportedFields({ body, onChange, faults, isReadOnly }: Props) {
  const { source = "", ttl = "" } = body.imported ?? {};
  return (
    <Panel title={m.who} description={v.importedText}>
      <div className={rowStart}>
        <TextField
          label={v.source}
          maxLength={100}
          value={source}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange({ ...body, imported: { ...body.imported, source: next } })}
          {...invalidProps(faults, "/imported/source")}
        />
        <TextField
          label={v.ttl}
          description={v.ttlText}
          maxLength={10}
          value={ttl}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange({ ...body, imported: next === "" ? { source } : { source, ttl: next } })}
          {...invalidProps(faults, "/imported/ttl")}
        />
      </div>
    </Panel>
  );
}

function AppliesTo({ body, onChange, faults, isReadOnly }: Props) {
  const fault = faultAt(faults, "/appliesTo");
  return (
    <>
      <ChoiceField
        label={v.appliesTo}
        description={v.appliesToText}
        isReadOnly={isReadOnly}
        choices={Object.entries(v.appliesToChoices).map(([key, label]) => ({ key, label }))}
        value={body.appliesTo ?? "both"}
        onChange={(appliesTo) => onChange({ ...body, appliesTo })}
      />
      {fault ? (
        <p role="alert" className={muted}>
          {fault.message}
        </p>
      ) : null}
    </>
  );
}

function asImported({ rule: _rule, ...others }: AudienceBody): AudienceBody {
  return { ...others, imported: { source: "" } };
}

function asRule({ imported: _imported, ...others }: AudienceBody): AudienceBody {
  return { ...others, rule: startingRule };
}
