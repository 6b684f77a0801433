import { NumberField, Switch, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { faultsBelow } from "../../merchandising/faults-below.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { body as bodyText, muted, rowStart } from "../../ui/styles.ts";
import { ActionFields } from "./action-fields.tsx";
import { actionSentence } from "./action-sentence.ts";
import { BlocksField } from "./blocks-field.tsx";
import { CombineFields } from "./combine-fields.tsx";
import { CouponFields } from "./coupon-fields.tsx";
import { LabelsFields } from "./labels-fields.tsx";
import { LimitInput } from "./number-inputs.tsx";
import { ReachFields } from "./reach-fields.tsx";
import type { CartRuleBody } from "./shapes.ts";
import { hasConditions, orAbsent, withField } from "./with-field.ts";

const m = messages.priceRules;
const wide = style({ width: "full" });
const cartSubjects = ["cart", "profile"];
const lineSubjects = ["item", "product"];

/** What a cart price rule does, to which lines of which carts, for whom, with which code, and what comes after it. */
export function CartRuleForm(props: FormProps<CartRuleBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  const edit = { isReadOnly, faults };
  return (
    <>
      <Panel title={m.action.title}>
        <ActionFields action={body.action} onChange={(action) => onChange({ ...body, action })} {...edit} />
        <Extras {...props} />
        <p className={bodyText} role="status">
          {actionSentence(body)}
        </p>
      </Panel>
      <Panel title={m.conditions} description={m.conditionsText}>
        <RuleBuilder
          isForPrices
          rule={body.conditions}
          subjects={cartSubjects}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/conditions")}
          onChange={(rule) => onChange(withField(body, "conditions", hasConditions(rule) ? rule : undefined))}
        />
        <Switch
          isSelected={body.conditionsSeeDiscounts === true}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(withField(body, "conditionsSeeDiscounts", on || undefined))}
        >
          {m.seeDiscounts}
        </Switch>
      </Panel>
      <Panel title={m.targets} description={m.targetsText}>
        <RuleBuilder
          isForPrices
          rule={body.targets}
          subjects={lineSubjects}
          elements="cart"
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/targets")}
          onChange={(rule) => onChange(withField(body, "targets", hasConditions(rule) ? rule : undefined))}
        />
      </Panel>
      <Panel title={m.who.title}>
        <ReachFields body={body} onChange={onChange} {...edit} />
      </Panel>
      <CouponFields {...props} />
      <Panel title={m.order}>
        <Priority body={body} onChange={onChange} {...edit} />
        <CombineFields {...props} />
      </Panel>
      <LabelsFields {...props} />
      <Panel title={m.more}>
        <TextArea
          label={m.description}
          description={m.descriptionText}
          styles={wide}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(text) => onChange(withField(body, "description", text === "" ? undefined : text))}
          {...invalidProps(faults, "/description")}
        />
        <BlocksField
          values={body.blocks ?? []}
          onChange={(blocks) => onChange(withField(body, "blocks", orAbsent(blocks)))}
          {...edit}
        />
        <Switch
          isSelected={body.publicInFeed === true}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(withField(body, "publicInFeed", on || undefined))}
        >
          {m.publicInFeed}
        </Switch>
      </Panel>
    </>
  );
}

const shippings = ["none", "items", "shipment"] as const;

function Extras({ body, onChange, faults, isReadOnly }: FormProps<CartRuleBody>) {
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.shipping}
        isReadOnly={isReadOnly}
        value={body.freeShipping ?? "none"}
        choices={shippings.map((key) => ({ key, ...m.shippings[key] }))}
        onChange={(key) =>
          onChange(withField(body, "freeShipping", key === "items" || key === "shipment" ? key : undefined))
        }
      />
      <LimitInput
        label={m.points}
        description={m.pointsText}
        path="/rewardPoints"
        isReadOnly={isReadOnly}
        faults={faults}
        value={body.rewardPoints}
        onChange={(points) => onChange(withField(body, "rewardPoints", points))}
      />
    </div>
  );
}

type Ordered = { readonly priority: number; readonly stop?: boolean };
type PriorityProps<B extends Ordered> = Pick<FormProps<B>, "body" | "onChange" | "faults" | "isReadOnly">;

/** Lower first, and whether later rules keep away from what this one reached. */
export function Priority<B extends Ordered>({ body, onChange, faults, isReadOnly }: Omit<PriorityProps<B>, "scope">) {
  return (
    <>
      <NumberField
        label={m.priority}
        description={m.priorityText}
        minValue={0}
        maxValue={1_000_000}
        value={body.priority}
        isReadOnly={isReadOnly}
        onChange={(priority) => onChange({ ...body, priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
        {...invalidProps(faults, "/priority")}
      />
      <Switch
        isSelected={body.stop === true}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(withField(body, "stop", on || undefined))}
      >
        {m.stop}
      </Switch>
      <p className={muted}>{m.stopText}</p>
    </>
  );
}
