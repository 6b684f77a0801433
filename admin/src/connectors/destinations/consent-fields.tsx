import { Checkbox, CheckboxGroup, Radio, RadioGroup } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, rowStart } from "../../ui/styles.ts";
import { consentUnsets, type DestinationConfig } from "./shapes.ts";

const m = messages.connectors.destinations;
const shipped = Object.keys(m.categories);

type Consent = DestinationConfig["consent"];
type Props = { consent: Consent; onChange: (consent: Consent) => void; isReadOnly: boolean; text?: string };

/** What a person must have agreed to before anything of them leaves. */
export function ConsentFields({ consent, onChange, isReadOnly, text = m.consentText }: Props) {
  const own = consent.categories.filter((category) => !shipped.includes(category));
  const known = consent.categories.filter((category) => shipped.includes(category));
  return (
    <Panel title={m.consent} description={text}>
      <div className={rowStart}>
        <CheckboxGroup
          aria-label={m.consent}
          isReadOnly={isReadOnly}
          value={[...known]}
          onChange={(categories) => onChange({ ...consent, categories: [...categories, ...own] })}
        >
          {Object.entries(m.categories).map(([key, label]) => (
            <Checkbox key={key} value={key}>
              {label}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <RadioGroup
          label={m.unset}
          isReadOnly={isReadOnly}
          value={consent.unset}
          onChange={(unset) =>
            onChange({ ...consent, unset: consentUnsets.find((known) => known === unset) ?? "default" })
          }
        >
          {consentUnsets.map((key) => (
            <Radio key={key} value={key}>
              {m.unsets[key]}
            </Radio>
          ))}
        </RadioGroup>
        <ListField
          label={m.otherCategories}
          values={own}
          isReadOnly={isReadOnly}
          onChange={(values) => onChange({ ...consent, categories: [...known, ...values] })}
        />
      </div>
      {consent.categories.length === 0 ? <p className={muted}>{m.noCategory}</p> : null}
    </Panel>
  );
}
