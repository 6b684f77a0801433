import { Switch, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { PlacedFields } from "../decisions/placed-fields.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart } from "../ui/styles.ts";
import type { BlockBody } from "./block-kind.tsx";
import { HtmlPreview } from "./html-preview.tsx";

const m = messages.blocks;
const wide = style({ width: "full" });

export function BlockForm({ body, onChange, faults, isReadOnly }: FormProps<BlockBody>) {
  const set = (patch: Partial<BlockBody>) => onChange({ ...body, ...patch });
  return (
    <>
      <Panel title={m.content}>
        <TextArea
          label={m.html}
          description={m.htmlText}
          styles={wide}
          value={body.html}
          isReadOnly={isReadOnly}
          onChange={(html) => set({ html })}
          {...invalidProps(faults, "/html")}
        />
        <HtmlPreview html={body.html} />
        <div className={rowStart}>
          <TextField
            label={m.link}
            type="url"
            value={body.link ?? ""}
            isReadOnly={isReadOnly}
            onChange={(link) => onChange(withText(body, "link", link))}
            {...invalidProps(faults, "/link")}
          />
          <TextField
            label={m.alt}
            value={body.alt ?? ""}
            isReadOnly={isReadOnly}
            onChange={(alt) => onChange(withText(body, "alt", alt))}
            {...invalidProps(faults, "/alt")}
          />
        </div>
      </Panel>
      <Panel title={m.place}>
        <div className={rowStart}>
          <PlacedFields kind="block" body={body} onChange={set} faults={faults} isReadOnly={isReadOnly} />
        </div>
      </Panel>
      <Panel title={m.who} description={m.whoText}>
        <AudiencesField
          values={body.audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(audiences) => set({ audiences })}
        />
        {body.audiences.length === 0 ? <p className={muted}>{m.everybody}</p> : null}
        <Switch
          isSelected={body.rule !== undefined}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(on ? { ...body, rule: { all: [] } } : withoutRule(body))}
        >
          {m.alsoRule}
        </Switch>
        {body.rule === undefined ? null : (
          <RuleBuilder rule={body.rule} isReadOnly={isReadOnly} onChange={(rule) => set({ rule })} />
        )}
      </Panel>
    </>
  );
}

function withText(body: BlockBody, name: "link" | "alt", text: string): BlockBody {
  const { [name]: _old, ...others } = body;
  return text === "" ? others : { ...others, [name]: text };
}

function withoutRule({ rule: _rule, ...others }: BlockBody): BlockBody {
  return others;
}
