import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client.ts";
import { DecisionCard } from "../../decisions/decision-card.tsx";
import type { DecideAnswer, Decision } from "../../decisions/shapes.ts";
import { AtField, asOfRequest } from "../../definitions/at-field.tsx";
import type { SideProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../../profiles/profile-field.tsx";
import { useStoreView } from "../../shell/use-store-views.ts";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, stack, strong } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import type { OfferBody, OfferTrace } from "./shapes.ts";
import { usePlaceNames } from "./use-place-names.ts";

const m = messages.decisioning;
const waitMs = 400;

/** What became of the draft: its line in the trace of the policy that stands at the placement. */
function fateOf(decision: Decision, key: string): OfferTrace | undefined {
  for (const { detail } of (decision.explain?.considered ?? []) as readonly { detail?: unknown }[]) {
    const offers = (detail as { offers?: readonly OfferTrace[] } | null | undefined)?.offers;
    const own = offers?.find(({ offer }) => offer === key);
    if (own) return own;
  }
  return undefined;
}

/** The draft decided for somebody at one of its placements, among all that is published. */
export function OfferSide({ body, scope, schedule, definition }: SideProps<OfferBody>) {
  const places = [...new Set(usePlaceNames(body.representations.map(({ placement }) => placement)))];
  const [chosen, setChosen] = useState("");
  const [at, setAt] = useState("");
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const storeView = useStoreView();
  const place = places.includes(chosen) ? chosen : (places[0] ?? "");
  const key = definition?.key ?? "draft";
  const draft = {
    ...(definition ? { key, name: definition.name } : {}),
    storeViews: scope.storeViews,
    schedule,
    body,
  };
  const asked = JSON.stringify({
    ...{ draft, placements: [place], context: storeView ? { storeView } : {} },
    ...(profile ? { profileId: profile.id } : {}),
    ...asOfRequest(at, schedule),
  });
  // Empty while no place is known: what is asked follows later than the place.
  const request = useDebounced(place === "" ? "" : asked, waitMs);
  const query = useQuery({
    queryKey: ["offer-preview", request],
    queryFn: ({ signal }) => post<DecideAnswer>("/v1/offers/preview", JSON.parse(request), { signal }),
    enabled: request !== "",
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
  return (
    <Panel title={m.draftPreview} description={m.draftPreviewText}>
      <div className={stack}>
        {places.length > 1 ? (
          <OptionField
            label={m.placement}
            value={place}
            options={Object.fromEntries(places.map((name) => [name, name]))}
            isReadOnly={false}
            onChange={setChosen}
          />
        ) : null}
        <ProfileField value={profile} onChange={setProfile} />
        {profile ? null : <p className={muted}>{messages.preview.asNobody}</p>}
        <AtField value={at} schedule={schedule} onChange={setAt} />
        {place === "" ? (
          <p className={muted}>{m.noPlace}</p>
        ) : (
          <Loaded query={query}>
            {({ decisions }) =>
              decisions.map((decision) => (
                <div key={decision.placement} className={stack}>
                  <Fate trace={fateOf(decision, key)} />
                  <DecisionCard decision={decision} />
                </div>
              ))
            }
          </Loaded>
        )}
      </div>
    </Panel>
  );
}

function Fate({ trace }: { trace: OfferTrace | undefined }) {
  if (!trace) return <p className={muted}>{m.fates.absent}</p>;
  return (
    <p className={strong} role="status">
      {trace.outcome === "removed" ? m.fates.removed(trace.text || trace.removedBy || "") : m.fates[trace.outcome]}
    </p>
  );
}
