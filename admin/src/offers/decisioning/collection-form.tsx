import { DefinitionsField } from "../../definitions/definition-field.tsx";
import type { FormProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, rowStart } from "../../ui/styles.ts";
import { orAbsent, withField } from "../price-rules/with-field.ts";
import { AttributeRows } from "./attribute-rows.tsx";
import type { CollectionBody } from "./shapes.ts";

const m = messages.decisioning;

export function CollectionForm({ body, onChange, faults, isReadOnly }: FormProps<CollectionBody>) {
  const { offers, tags } = body;
  const setTags = (name: "any" | "all", values: readonly string[]) => {
    const next = withField(tags ?? {}, name, orAbsent(values));
    onChange(withField(body, "tags", Object.keys(next).length === 0 ? undefined : next));
  };
  return (
    <Panel title={m.collectionOffers}>
      <OptionField
        label={m.pickedBy}
        value={offers ? "hand" : "tags"}
        options={m.picks}
        isReadOnly={isReadOnly}
        onChange={(how) => onChange(how === "hand" ? { offers: [] } : { tags: { any: [] } })}
      />
      {offers ? (
        <DefinitionsField
          kind="offer"
          label={m.collectionOffers}
          values={offers}
          onChange={(keys) => onChange({ offers: keys })}
          faults={faults}
          isReadOnly={isReadOnly}
          path="/offers"
        />
      ) : (
        <>
          <div className={rowStart}>
            <ListField
              label={m.anyTags}
              values={tags?.any ?? []}
              isReadOnly={isReadOnly}
              onChange={(values) => setTags("any", values)}
            />
            <ListField
              label={m.allTags}
              values={tags?.all ?? []}
              isReadOnly={isReadOnly}
              onChange={(values) => setTags("all", values)}
            />
          </div>
          <p className={muted}>{m.attributesEqual}</p>
          <AttributeRows
            values={body.attributes ?? []}
            isReadOnly={isReadOnly}
            onChange={(attributes) => onChange(withField(body, "attributes", orAbsent(attributes)))}
          />
        </>
      )}
    </Panel>
  );
}
