import { useState } from "react";
import { ChangePreview } from "../identity/change-preview.tsx";
import type { MergeAnswer, Share } from "../identity/shapes.ts";
import { useMerge, useMergePreview } from "../identity/use-identity.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { muted } from "../ui/styles.ts";
import { type ChosenProfile, ProfileField } from "./profile-field.tsx";
import type { ProfileDetail } from "./shapes.ts";
import { isMoney } from "./trait-facts.ts";
import { useProfile } from "./use-profiles.ts";

const m = messages.identity;
const d = m.dialogs;

type Props = { profile: ProfileDetail; onClose: () => void };

/** Makes one profile of this one and another; shows what changes before it is done. */
export function MergeDialog({ profile, onClose }: Props) {
  const [other, setOther] = useState<ChosenProfile | null>(null);
  const merge = useMerge(profile.profileId);
  const go = useGo();
  const isSame = other?.id === profile.profileId;
  const input = other && !isSame ? { with: other.id } : null;
  const preview = useMergePreview(profile.profileId, input);
  const confirm = () => {
    if (!input) return;
    merge.mutate(input, {
      onSuccess: ({ merged }) => {
        onClose();
        if (merged.profileId !== profile.profileId) go(`/profiles/${merged.profileId}?tab=identity`, { replace: true });
      },
    });
  };
  return (
    <ActionDialog
      size="L"
      title={m.merge.title(profile.label)}
      action={m.merge.confirm}
      onAction={confirm}
      onClose={onClose}
      mutation={merge}
      isReady={input !== null}
    >
      <p className={muted}>{m.merge.text}</p>
      <ProfileField label={m.merge.other} value={other} onChange={setOther} />
      {isSame ? <p role="alert">{m.merge.same}</p> : null}
      {input === null ? null : <Preview profile={profile} otherId={input.with} query={preview} />}
    </ActionDialog>
  );
}

type PreviewProps = {
  profile: ProfileDetail;
  otherId: string;
  query: { data: MergeAnswer | undefined; isPending: boolean; error: unknown };
};

function Preview({ profile, otherId, query }: PreviewProps) {
  const other = useProfile(otherId).data;
  const merged = query.data?.merged;
  const [mine, theirs] = [shareOf(profile), other && shareOf(other)];
  const sides =
    merged && theirs
      ? [
          { label: d.thisProfile, share: mine },
          { label: d.otherProfile, share: theirs },
          { label: d.merged, share: merged },
        ]
      : null;
  const changes =
    merged && theirs
      ? [{ who: d.merged, before: [...mine.audiences, ...theirs.audiences], after: merged.audiences }]
      : [];
  return (
    <>
      <ChangePreview query={query} sides={sides} changes={changes} />
      {query.data ? <p className={muted}>{d.survivor(query.data.redirectedId)}</p> : null}
    </>
  );
}

/** A profile as the preview counts it: events are the sum of its counters. */
function shareOf(profile: ProfileDetail): Share {
  const revenue = profile.traits["orders_revenue_net"];
  return {
    profileId: profile.profileId,
    identifiers: [...new Map(profile.identifiers.map((each) => [`${each.namespace}\n${each.value}`, each])).values()],
    events: Object.values(profile.counters).reduce((sum, count) => sum + count, 0),
    orders: profile.orders.length,
    revenue: isMoney(revenue) ? [revenue] : [],
    audiences: profile.memberships.map(({ key }) => key),
  };
}
