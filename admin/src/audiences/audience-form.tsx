import { TextArea } from "@react-spectrum/s2";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import type { AudienceBody } from "./audience-kind.tsx";
import { RuleBuilder } from "./rule-builder/rule-builder.tsx";

const m = messages.audiences;

export function AudienceForm({ body, onChange, faults, isReadOnly }: FormProps<AudienceBody>) {
  return (
    <>
      <Panel title={m.who} description={m.whoText}>
        <RuleBuilder rule={body.rule} isReadOnly={isReadOnly} onChange={(rule) => onChange({ ...body, rule })} />
      </Panel>
      <Panel title={m.description}>
        <TextArea
          aria-label={m.description}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(description) => onChange({ ...body, description })}
          {...invalidProps(faults, "/description")}
        />
      </Panel>
    </>
  );
}
