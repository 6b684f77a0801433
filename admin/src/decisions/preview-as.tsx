import { useState } from "react";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { DecisionCard } from "./decision-card.tsx";
import { nobody, useDecide } from "./use-decide.ts";

/** A small preview for editors: one customer, the placements at hand. */
export function PreviewAs({ placements }: { placements: readonly string[] }) {
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const named = placements.filter((placement) => placement !== "");
  const query = useDecide(named, { ...nobody, profileId: profile?.id ?? null });
  return (
    <div className={stack}>
      <ProfileField value={profile} onChange={setProfile} />
      {profile ? null : <p className={muted}>{messages.preview.asNobody}</p>}
      {named.length === 0 ? null : (
        <Loaded query={query}>
          {(answer) =>
            answer.decisions.map((decision) => <DecisionCard key={decision.placement} decision={decision} />)
          }
        </Loaded>
      )}
    </div>
  );
}
