import { AudiencesField } from "../../audiences/audiences-field.tsx";
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import type { FormProps } from "../../definitions/kind-page.ts";
import { faultsBelow } from "../../merchandising/faults-below.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { body as bodyText, muted, rowStart } from "../../ui/styles.ts";
import { priceSentence } from "./action-sentence.ts";
import { AmountsField } from "./amounts-field.tsx";
import { BlocksField } from "./blocks-field.tsx";
import { Priority } from "./cart-rule-form.tsx";
import { PercentInput } from "./number-inputs.tsx";
import { ReachFields } from "./reach-fields.tsx";
import { type CatalogRuleBody, type PriceAction, priceActions } from "./shapes.ts";
import { hasConditions, orAbsent, withField } from "./with-field.ts";

const m = messages.priceRules;
const c = messages.priceRules.catalog;
const productSubjects = ["product"];

/** Which products, what they cost, for whom and when, and what comes after it. */
export function CatalogRuleForm({ body, onChange, faults, isReadOnly }: FormProps<CatalogRuleBody>) {
  const edit = { isReadOnly, faults };
  return (
    <>
      <Panel title={c.action}>
        <PriceFields action={body.action} onChange={(action) => onChange({ ...body, action })} {...edit} />
        <p className={bodyText} role="status">
          {priceSentence(body.action)}
        </p>
      </Panel>
      <Panel title={c.products} description={c.productsText}>
        <RuleBuilder
          isForPrices
          rule={body.conditions}
          subjects={productSubjects}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/conditions")}
          onChange={(rule) => onChange(withField(body, "conditions", hasConditions(rule) ? rule : undefined))}
        />
      </Panel>
      <Panel title={m.who.title}>
        <ReachFields body={body} onChange={onChange} {...edit} />
        <AudiencesField
          values={body.audiences ?? []}
          onChange={(audiences) => onChange(withField(body, "audiences", orAbsent(audiences)))}
          {...edit}
        />
        <p className={muted}>{c.membersText}</p>
      </Panel>
      <Panel title={m.order}>
        <Priority body={body} onChange={onChange} {...edit} />
      </Panel>
      <Panel title={m.more}>
        <BlocksField
          values={body.blocks ?? []}
          onChange={(blocks) => onChange(withField(body, "blocks", orAbsent(blocks)))}
          {...edit}
        />
      </Panel>
    </>
  );
}

type PriceProps = Pick<FormProps<CatalogRuleBody>, "faults" | "isReadOnly"> & {
  action: PriceAction;
  onChange: (action: PriceAction) => void;
};

function PriceFields({ action, onChange, faults, isReadOnly }: PriceProps) {
  const currency = useCurrency() ?? "USD";
  const edit = { isReadOnly, faults };
  const choose = (key: string) => {
    const type = priceActions.find((each) => each === key) ?? "by_percent";
    if (type === "by_percent" || type === "to_percent")
      onChange({ type, percent: "percent" in action ? action.percent : "10" });
    else onChange({ type, amounts: "amounts" in action ? action.amounts : [{ minor: 500, currency }] });
  };
  return (
    <div className={rowStart}>
      <ChoiceField
        label={c.type}
        isReadOnly={isReadOnly}
        value={action.type}
        choices={priceActions.map((key) => ({ key, ...c.types[key] }))}
        onChange={choose}
      />
      {"percent" in action ? (
        <PercentInput
          {...edit}
          label={action.type === "by_percent" ? c.percentOff : c.percentLeft}
          path="/action/percent"
          value={action.percent}
          onChange={(percent) => onChange({ ...action, percent })}
        />
      ) : (
        <AmountsField
          {...edit}
          label={action.type === "by_fixed" ? c.amountOff : c.amountAtMost}
          path="/action/amounts"
          values={action.amounts}
          onChange={(amounts) => onChange({ ...action, amounts })}
        />
      )}
    </div>
  );
}
