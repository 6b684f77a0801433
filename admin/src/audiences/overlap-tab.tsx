import { Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../api/client.ts";
import type { Definition } from "../api/shapes.ts";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Bars } from "../ui/bars.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { muted, stackWide } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { Served } from "./served.tsx";

const v = messages.audienceViews;
const mostOthers = 4;
const width = style({ width: 320 });

type Overlap = {
  readonly sizes: Readonly<Record<string, number>>;
  readonly intersections: readonly { readonly audiences: readonly string[]; readonly count: number }[];
};
type Named = { readonly id: string; readonly key: string; readonly name: string };

/** How many people are in several audiences at once. */
export function OverlapTab({ definition }: { definition: Definition<AudienceBody> }) {
  const [others, setOthers] = useState<readonly string[]>([]);
  const live = (useDefinitionChoices("audience").data?.items ?? []).filter(({ status }) => status === "live");
  if (definition.liveVersion === null) {
    return <EmptyState title={messages.audiences.notLive} text={messages.audiences.notLiveText} />;
  }
  const choices = live.filter(({ id }) => id !== definition.id);
  return (
    <div className={stackWide}>
      <Panel title={v.overlap} description={v.overlapText}>
        <Picker
          label={v.overlapWith}
          styles={width}
          selectionMode="multiple"
          placeholder={messages.audiences.choose}
          value={[...others]}
          onChange={(keys) => setOthers([...(keys as Iterable<string | number>)].map(String).slice(0, mostOthers))}
        >
          {choices.map(({ id, name }) => (
            <PickerItem key={id} id={id}>
              {name}
            </PickerItem>
          ))}
        </Picker>
        {others.length === 0 ? (
          <p className={muted}>{v.chooseOthers}</p>
        ) : (
          <Counted audiences={[definition, ...choices.filter(({ id }) => others.includes(id))]} />
        )}
      </Panel>
    </div>
  );
}

function Counted({ audiences }: { audiences: readonly Named[] }) {
  const ids = audiences.map(({ id }) => id);
  const query = useQuery({
    queryKey: ["overlap", ids],
    queryFn: ({ signal }) => post<Overlap>("/v1/audiences/overlap", { audiences: ids }, { signal }),
    retry: false,
  });
  return (
    <div aria-live="polite">
      <Served query={query}>{(overlap) => <Chart overlap={overlap} audiences={audiences} />}</Served>
    </div>
  );
}

/** One bar an audience, then one a combination with its share of the smallest audience in it. */
function Chart({ overlap, audiences }: { overlap: Overlap; audiences: readonly Named[] }) {
  const nameOf = (reference: string) =>
    audiences.find(({ id, key }) => id === reference || key === reference)?.name ?? reference;
  const sizes = Object.entries(overlap.sizes);
  const sizeOf = (reference: string) => overlap.sizes[reference] ?? 0;
  const together = overlap.intersections.filter((each) => each.audiences.length > 1);
  const longest = Math.max(1, ...sizes.map(([, size]) => size));
  return (
    <div className={stackWide}>
      <Bars
        longest={longest}
        bars={sizes.map(([id, size]) => ({ label: nameOf(id), value: size, text: formatNumber(size) }))}
      />
      <Bars
        longest={longest}
        bars={together.map((each) => {
          const smallest = Math.min(...each.audiences.map(sizeOf));
          const share = smallest > 0 ? ` (${v.ofSmallest(formatShare(each.count / smallest))})` : "";
          return {
            label: `${v.inBoth} ${each.audiences.map(nameOf).join(" + ")}`,
            value: each.count,
            text: formatNumber(each.count) + share,
          };
        })}
      />
    </div>
  );
}
