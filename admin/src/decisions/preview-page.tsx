import { Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ProductField } from "../catalog/product-field.tsx";
import { messages } from "../messages.data.ts";
import { ProfileField } from "../profiles/profile-field.tsx";
import { useProfile } from "../profiles/use-profiles.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, panelTitle, rowEnd, stackTight, stackWide } from "../ui/styles.ts";
import { DecisionCard } from "./decision-card.tsx";
import type { Decision } from "./shapes.ts";
import { nobody, useDecide, type Viewpoint } from "./use-decide.ts";
import { usePlacements } from "./use-placements.ts";

const m = messages.preview;
const devices = ["desktop", "mobile", "tablet"] as const;
const side = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", md: "minmax(0, 1fr) minmax(0, 1fr)" },
  gap: 16,
  alignItems: "start",
});
const wide = style({ minWidth: 240 });

/** The shop through a customer's eyes, beside what nobody in particular would see. */
export function PreviewPage() {
  const placements = usePlacements();
  const [url, change] = useUrlState();
  return (
    <Page title={m.title} description={m.description}>
      <Loaded query={placements}>
        {(known) => {
          if (known.length === 0) return <EmptyState title={m.emptyTitle} text={m.emptyText} />;
          const all = known.map(({ placement }) => placement);
          const asked = (url["placements"] ?? "").split(",").filter((placement) => all.includes(placement));
          return (
            <div className={stackWide}>
              <div className={rowEnd}>
                <Customer />
                <Picker
                  label={m.placements}
                  selectionMode="multiple"
                  placeholder={m.allPlacements}
                  styles={wide}
                  value={asked}
                  onChange={(keys) =>
                    change({ placements: [...(keys as Iterable<string | number>)].join(",") || null })
                  }
                >
                  {all.map((placement) => (
                    <PickerItem key={placement} id={placement}>
                      {placement}
                    </PickerItem>
                  ))}
                </Picker>
                <Picker
                  label={m.device}
                  selectedKey={url["device"] ?? "any"}
                  onSelectionChange={(key) => change({ device: key === "any" ? null : String(key) })}
                >
                  {(["any", ...devices] as const).map((device) => (
                    <PickerItem key={device} id={device}>
                      {m.devices[device]}
                    </PickerItem>
                  ))}
                </Picker>
                <TextField
                  label={m.at}
                  type="datetime-local"
                  value={url["asOf"] ?? ""}
                  onChange={(asOf) => change({ asOf: asOf || null })}
                />
                <ProductField value={url["sku"] ?? null} onChange={(sku) => change({ sku })} />
              </div>
              <SideBySide placements={asked.length > 0 ? asked : all} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Customer() {
  const [url, change] = useUrlState();
  const id = url["profile"];
  const profile = useProfile(id ?? "");
  if (id && profile.isPending) return null;
  const value = id && profile.data ? { id, label: profile.data.label } : null;
  return (
    <ProfileField
      key={id ?? "nobody"}
      label={m.as}
      value={value}
      onChange={(chosen) => change({ profile: chosen?.id ?? null })}
    />
  );
}

function SideBySide({ placements }: { placements: readonly string[] }) {
  const [url] = useUrlState();
  const shared = { device: url["device"] ?? null, asOf: url["asOf"] ?? null, sku: url["sku"] ?? null };
  const viewpoint: Viewpoint = { ...shared, profileId: url["profile"] ?? null };
  const theirs = useDecide(placements, viewpoint);
  const plain = useDecide(placements, { ...nobody, ...shared });
  return (
    <Loaded query={theirs}>
      {(answer) => (
        <Loaded query={plain}>
          {(other) => (
            <>
              {placements.map((placement) => (
                <Panel key={placement} title={placement}>
                  <div className={side}>
                    <Column
                      title={viewpoint.profileId ? m.thisCustomer : m.nobodyChosen}
                      decision={at(answer.decisions, placement)}
                    />
                    <Column title={m.nobody} decision={at(other.decisions, placement)} />
                  </div>
                </Panel>
              ))}
              {viewpoint.profileId ? (
                <p className={muted}>
                  <AppLink to={`/profiles/${viewpoint.profileId}`}>{m.openProfile}</AppLink>
                </p>
              ) : null}
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function Column({ title, decision }: { title: string; decision: Decision | undefined }) {
  return (
    <div className={stackTight}>
      <h3 className={panelTitle}>{title}</h3>
      {decision ? <DecisionCard decision={decision} /> : <p className={muted}>{m.nothing}</p>}
    </div>
  );
}

function at(decisions: readonly Decision[], placement: string): Decision | undefined {
  return decisions.find((decision) => decision.placement === placement);
}
