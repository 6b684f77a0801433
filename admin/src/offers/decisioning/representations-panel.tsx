import { Button, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Fault } from "../../api/client.ts";
import { get } from "../../api/client.ts";
import type { Definition, Json } from "../../api/shapes.ts";
import { HtmlPreview } from "../../content/html-preview.tsx";
import { DefinitionField } from "../../definitions/definition-field.tsx";
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { rowBetween, rowStart, stack, strong } from "../../ui/styles.ts";
import { orAbsent, withField } from "../price-rules/with-field.ts";
import { replacedAt, withoutAt } from "./list-edits.ts";
import type { OfferPlacementBody, Representation } from "./shapes.ts";

const m = messages.decisioning;
const wide = style({ width: "full" });

type Props = {
  values: readonly Representation[];
  onChange: (values: readonly Representation[]) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** How an offer looks at each placement. */
export function RepresentationsPanel({ values, onChange, faults, isReadOnly }: Props) {
  return (
    <Panel title={m.looks} description={m.looksText}>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity, and their fields hold no state of their own
        <section key={at} className={stack} aria-label={m.look(at + 1)}>
          <div className={rowBetween}>
            <h3 className={strong}>{m.look(at + 1)}</h3>
            {isReadOnly ? null : (
              <Button
                size="S"
                variant="secondary"
                fillStyle="outline"
                aria-label={m.removeLook(at + 1)}
                onPress={() => onChange(withoutAt(values, at))}
              >
                {m.remove}
              </Button>
            )}
          </div>
          <RepresentationFields
            value={value}
            path={`/representations/${at}`}
            onChange={(next) => onChange(replacedAt(values, at, next))}
            faults={faults}
            isReadOnly={isReadOnly}
          />
        </section>
      ))}
      {isReadOnly ? null : (
        <Button variant="secondary" onPress={() => onChange([...values, { placement: "" }])}>
          {m.addLook}
        </Button>
      )}
    </Panel>
  );
}

type FieldsProps = {
  value: Representation;
  path: string;
  onChange: (value: Representation) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

function RepresentationFields({ value, path, onChange, faults, isReadOnly }: FieldsProps) {
  const placement = useQuery({
    queryKey: ["definition", "offer-placement", value.placement, "document"],
    queryFn: ({ signal }) =>
      get<Definition<OfferPlacementBody>>(
        `/v1/definitions/offer-placement/${encodeURIComponent(value.placement)}`,
        {},
        { signal },
      ),
    enabled: value.placement !== "",
  });
  const contentType = placement.data?.body.contentType;
  const text = contentType === undefined || contentType === "json" ? "" : (value[contentType] ?? "");
  return (
    <>
      <div className={rowStart}>
        <DefinitionField
          kind="offer-placement"
          label={m.placement}
          value={value.placement}
          onChange={(key) => onChange({ ...value, placement: key })}
          faults={faults}
          isReadOnly={isReadOnly}
          path={`${path}/placement`}
        />
        <ListField
          label={m.storeViews}
          values={value.storeViews ?? []}
          isReadOnly={isReadOnly}
          onChange={(views) => onChange(withField(value, "storeViews", orAbsent(views)))}
        />
        <TextField
          label={m.alt}
          value={value.alt ?? ""}
          isReadOnly={isReadOnly}
          onChange={(alt) => onChange(withField(value, "alt", alt || undefined))}
        />
      </div>
      {contentType === undefined ? null : contentType === "json" ? (
        <JsonField
          value={value.json}
          isReadOnly={isReadOnly}
          onChange={(json) => onChange(withField(value, "json", json))}
        />
      ) : (
        <TextArea
          label={m.content[contentType]}
          styles={wide}
          value={text}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(withField(value, contentType, next || undefined))}
          {...invalidProps(faults, path)}
        />
      )}
      {contentType === "html" && value.html ? <HtmlPreview html={value.html} /> : null}
    </>
  );
}

type JsonProps = { value: Json | undefined; onChange: (value: Json | undefined) => void; isReadOnly: boolean };

/** Data for the page; what is no object yet stays in the field until it is one. */
function JsonField({ value, onChange, isReadOnly }: JsonProps) {
  const [typed, setTyped] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const isBad = typed.trim() !== "" && readObject(typed) === undefined;
  return (
    <TextArea
      label={m.content.json}
      styles={wide}
      value={typed}
      isReadOnly={isReadOnly}
      validationBehavior="aria"
      {...(isBad ? { isInvalid: true, errorMessage: m.badJson } : {})}
      onChange={(text) => {
        setTyped(text);
        const read = readObject(text);
        if (read !== undefined || text.trim() === "") onChange(read);
      }}
    />
  );
}

function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    // Not finished yet.
    return undefined;
  }
}
