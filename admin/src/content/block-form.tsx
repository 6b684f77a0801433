import { Disclosure, DisclosurePanel, DisclosureTitle, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { PlacedFields } from "../decisions/placed-fields.tsx";
import { DefinitionsField } from "../definitions/definition-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { patched } from "../merchandising/patched.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stack } from "../ui/styles.ts";
import { ContentFields } from "./content-fields.tsx";
import { LocationsField } from "./locations-field.tsx";
import { type BlockBody, domActions } from "./shapes.ts";
import { VariantsPanel } from "./variants-panel.tsx";
import { WhoFields } from "./who-fields.tsx";

const m = messages.blocks;

export function BlockForm(props: FormProps<BlockBody>) {
  const { body, scope, onChange, faults, isReadOnly } = props;
  const set = (patch: { readonly [K in keyof BlockBody]?: BlockBody[K] | undefined }) => onChange(patched(body, patch));
  return (
    <>
      <Panel title={m.content} {...((body.variants ?? []).length > 0 ? { description: m.contentText } : {})}>
        <ContentFields
          content={body}
          pointer=""
          faults={faults}
          isReadOnly={isReadOnly}
          previewTitle={m.preview}
          onChange={(content) => onChange({ ...withoutContent(body), ...content })}
        />
        {(body.variants ?? []).length > 0 && body.html === undefined && body.json === undefined ? (
          <p className={muted}>{m.noDefault}</p>
        ) : null}
      </Panel>
      <VariantsPanel body={body} scope={scope} onChange={onChange} faults={faults} isReadOnly={isReadOnly} />
      <Panel title={m.place}>
        <div className={rowStart}>
          <PlacedFields kind="block" body={body} onChange={set} faults={faults} isReadOnly={isReadOnly} />
          <LocationsField
            values={body.locations ?? []}
            isReadOnly={isReadOnly}
            onChange={(locations) => set({ locations: locations.length > 0 ? locations : undefined })}
          />
        </div>
      </Panel>
      <WhoFields {...props} text={m.whoText}>
        <DefinitionsField
          kind="audience"
          label={m.external}
          description={m.externalText}
          placeholder={messages.audiences.choose}
          values={body.externalAudiences ?? []}
          path="/externalAudiences"
          faults={faults}
          isReadOnly={isReadOnly}
          onChange={(keys) => set({ externalAudiences: keys.length > 0 ? keys : undefined })}
        />
      </WhoFields>
      <PriceRules {...props} />
      <MoreSettings {...props} />
    </>
  );
}

function withoutContent({ html: _html, json: _json, link: _link, alt: _alt, ...others }: BlockBody): BlockBody {
  return others;
}

function PriceRules({ body, onChange, faults, isReadOnly }: FormProps<BlockBody>) {
  const field = (name: "cartPriceRules" | "catalogPriceRules", kind: string, label: string) => (
    <DefinitionsField
      kind={kind}
      label={label}
      placeholder={m.chooseRules}
      values={body[name] ?? []}
      path={`/${name}`}
      faults={faults}
      isReadOnly={isReadOnly}
      onChange={(keys) => onChange(patched(body, { [name]: keys.length > 0 ? keys : undefined }))}
    />
  );
  return (
    <Panel title={m.rules} description={m.rulesText}>
      <div className={rowStart}>
        {field("cartPriceRules", "cart-price-rule", m.cartRules)}
        {field("catalogPriceRules", "catalog-price-rule", m.catalogRules)}
      </div>
    </Panel>
  );
}

/** What few blocks need. */
function MoreSettings({ body, onChange, faults, isReadOnly }: FormProps<BlockBody>) {
  const { dom } = body;
  const setDom = (patch: { readonly [K in keyof NonNullable<BlockBody["dom"]>]?: string | undefined }) => {
    const next = patched({ action: "setHtml", selector: "", ...dom }, patch);
    onChange(patched(body, { dom: next.selector === "" ? undefined : (next as NonNullable<BlockBody["dom"]>) }));
  };
  return (
    <Disclosure defaultExpanded={dom !== undefined || body.product !== undefined}>
      <DisclosureTitle level={2}>{m.more}</DisclosureTitle>
      <DisclosurePanel>
        <div className={stack}>
          <TextField
            label={m.product}
            description={m.productText}
            value={body.product ?? ""}
            isReadOnly={isReadOnly}
            onChange={(product) => onChange(patched(body, { product: product || undefined }))}
            {...invalidProps(faults, "/product")}
          />
          <div className={rowStart}>
            <TextField
              label={m.dom}
              description={m.domText}
              value={dom?.selector ?? ""}
              isReadOnly={isReadOnly}
              onChange={(selector) => setDom({ selector })}
              {...invalidProps(faults, "/dom/selector")}
            />
            {dom ? (
              <>
                <Picker
                  label={m.domAction}
                  isDisabled={isReadOnly}
                  selectedKey={dom.action}
                  onSelectionChange={(key) => setDom({ action: String(key) })}
                >
                  {domActions.map((key) => (
                    <PickerItem key={key} id={key}>
                      {m.domActions[key].label}
                    </PickerItem>
                  ))}
                </Picker>
                <TextField
                  label={m.view}
                  value={dom.view ?? ""}
                  isReadOnly={isReadOnly}
                  onChange={(view) => setDom({ view: view || undefined })}
                />
              </>
            ) : null}
          </div>
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}
