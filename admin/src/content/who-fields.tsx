import { Switch } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import type { Json } from "../api/shapes.ts";
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import type { FormProps } from "../definitions/kind-page.ts";
import { faultsBelow } from "../merchandising/faults-below.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart } from "../ui/styles.ts";

const m = messages.blocks;

type Body = { readonly audiences: readonly string[]; readonly rule?: Json };
type Props<B extends Body> = FormProps<B> & { readonly text: string; readonly children?: ReactNode };

/** Audiences of which one is enough, and a rule that must hold as well. */
export function WhoFields<B extends Body>({ body, onChange, faults, isReadOnly, text, children }: Props<B>) {
  const { rule, ...others } = body;
  return (
    <Panel title={m.who} description={text}>
      <div className={rowStart}>
        <AudiencesField
          values={body.audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(audiences) => onChange({ ...body, audiences })}
        />
        {children}
      </div>
      {body.audiences.length === 0 ? <p className={muted}>{m.everybody}</p> : null}
      <Switch
        isSelected={rule !== undefined}
        isDisabled={isReadOnly}
        // Taking the rule away leaves a body of the same kind: in none is it required.
        onChange={(on) => onChange((on ? { ...body, rule: { all: [] } } : others) as B)}
      >
        {m.alsoRule}
      </Switch>
      {rule === undefined ? null : (
        <RuleBuilder
          rule={rule}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/rule")}
          onChange={(next) => onChange({ ...body, rule: next })}
        />
      )}
    </Panel>
  );
}
