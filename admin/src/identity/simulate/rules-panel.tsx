import { Badge, Button, Switch } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { halves, row, stack } from "../../ui/styles.ts";
import type { IdentitySettings } from "../shapes.ts";
import { TraitIdentifiersField } from "../trait-identifiers-field.tsx";

const m = messages.identity.simulate.rules;
const s = messages.identity.settings;

type Props = {
  rules: IdentitySettings;
  isChanged: boolean;
  onChange: (rules: IdentitySettings) => void;
  onReset: () => void;
};

/** The rules of a try: at first the present ones. */
export function RulesPanel({ rules, isChanged, onChange, onReset }: Props) {
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <div className={row}>
          <Badge variant={isChanged ? "notice" : "neutral"} fillStyle="subtle">
            {isChanged ? m.changed : m.same}
          </Badge>
          {isChanged ? (
            <Button size="S" variant="secondary" onPress={onReset}>
              {m.reset}
            </Button>
          ) : null}
        </div>
      }
    >
      <div className={stack}>
        <Switch isSelected={rules.emailIsUnique} onChange={(emailIsUnique) => onChange({ ...rules, emailIsUnique })}>
          {s.emailIsUnique}
        </Switch>
        <Switch
          isSelected={rules.aliasMayMergeIdentified}
          onChange={(aliasMayMergeIdentified) => onChange({ ...rules, aliasMayMergeIdentified })}
        >
          {s.alias}
        </Switch>
        <div className={halves}>
          <ListField
            label={s.blockedValues}
            values={rules.blockedValues}
            onChange={(blockedValues) => onChange({ ...rules, blockedValues })}
          />
          <ListField
            label={s.blockedPatterns}
            values={rules.blockedPatterns}
            onChange={(blockedPatterns) => onChange({ ...rules, blockedPatterns })}
          />
        </div>
        <TraitIdentifiersField
          values={rules.traitIdentifiers}
          onChange={(traitIdentifiers) => onChange({ ...rules, traitIdentifiers })}
        />
      </div>
    </Panel>
  );
}
