import { Badge, Content, Heading, InlineAlert, Meter } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { GatedButton } from "../access/gated-button.tsx";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Facts } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { mono, muted } from "../ui/styles.ts";
import type { TraitBody } from "./trait-body.ts";
import { type TraitStatus, useRestartTrait, useTraits } from "./use-traits.ts";

const m = messages.traits.status;
const meterWidth = style({ width: "full" });
const variants = { computing: "informative", live: "positive", failed: "negative" } as const;

function StateBadge({ status }: { status: TraitStatus["status"] }) {
  return (
    <Badge variant={variants[status]} fillStyle="subtle">
      {m.states[status]}
    </Badge>
  );
}

function describeProgress({ done, total }: TraitStatus): string {
  return total === 0 ? m.waiting : m.progress(formatNumber(done), formatNumber(total));
}

/** In the list: computing with its progress, live, or failed. */
export function StatusCell({ traitKey }: { traitKey: string }) {
  const trait = useTraits().data?.items.find(({ key }) => key === traitKey);
  if (!trait) return null;
  return (
    <>
      <StateBadge status={trait.status} />
      {trait.status === "computing" ? <span className={muted}>{describeProgress(trait)}</span> : null}
      {trait.status === "failed" && trait.reason !== null ? <span className={muted}>{trait.reason}</span> : null}
    </>
  );
}

/** In the editor: how far the live version is, and a new start when it failed. */
export function StatusPanel({ definition }: Pick<SideProps<TraitBody>, "definition">) {
  const isLive = definition?.status === "live" && definition.liveVersion !== null;
  const query = useTraits(isLive ? { key: definition.key, version: definition.liveVersion ?? 0 } : undefined);
  if (!definition || definition.liveVersion === null)
    return (
      <Panel title={m.title}>
        <p className={muted}>{m.notLive}</p>
      </Panel>
    );
  return (
    <Loaded query={query}>
      {({ items }) => {
        const trait = items.find(({ key }) => key === definition.key);
        return (
          <Panel title={m.title} aside={trait ? <StateBadge status={trait.status} /> : null}>
            {trait ? <Computation trait={trait} /> : <p className={muted}>{m.waiting}</p>}
          </Panel>
        );
      }}
    </Loaded>
  );
}

function Computation({ trait }: { trait: TraitStatus }) {
  return (
    <>
      {trait.status === "computing" ? (
        <>
          <Meter
            label={m.progressLabel}
            styles={meterWidth}
            value={trait.progress * 100}
            valueLabel={describeProgress(trait)}
          />
          <p className={muted}>{m.meanwhile}</p>
        </>
      ) : null}
      {trait.status === "failed" ? <Failure trait={trait} /> : null}
      <Facts
        facts={[
          { label: m.path, value: <code className={mono}>{trait.path}</code> },
          {
            label: m.type,
            value: messages.traits.types[trait.type as keyof typeof messages.traits.types] ?? trait.type,
          },
          ...(trait.computedThrough === null
            ? []
            : [{ label: m.computed, value: m.through(formatInstant(trait.computedThrough)) }]),
        ]}
      />
    </>
  );
}

function Failure({ trait }: { trait: TraitStatus }) {
  const restart = useRestartTrait();
  return (
    <InlineAlert variant="negative">
      <Heading level={3}>{m.states.failed}</Heading>
      <Content>
        <p>{trait.reason ?? messages.common.none}</p>
        <GatedButton
          scope="publish"
          size="S"
          variant="secondary"
          isPending={restart.isPending}
          onPress={() => restart.mutate(trait.key)}
        >
          {m.restart}
        </GatedButton>
      </Content>
    </InlineAlert>
  );
}
