import { DialogContainer } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { ExplanationTree } from "./explanation-tree.tsx";

const m = messages.why;

type Props = {
  audience: { readonly id: string; readonly name: string };
  profile: { readonly id: string; readonly label: string } | null;
  onClose: () => void;
};

/** Leaf by leaf, why a person is or is not in an audience, with the values seen. */
export function WhyDialog({ audience, profile, onClose }: Props) {
  return (
    <DialogContainer onDismiss={onClose}>
      {profile ? (
        <InfoDialog title={m.title(profile.label, audience.name)} onClose={onClose}>
          <Explained audienceId={audience.id} profileId={profile.id} />
        </InfoDialog>
      ) : null}
    </DialogContainer>
  );
}

type Answer = {
  readonly member: boolean;
  readonly since: string | null;
  readonly version: number;
  readonly explanation: unknown;
};

function Explained({ audienceId, profileId }: { audienceId: string; profileId: string }) {
  const query = useQuery({
    queryKey: ["explain", audienceId, profileId],
    queryFn: ({ signal }) =>
      get<Answer>(`/v1/audiences/${encodeURIComponent(audienceId)}/explain`, { profile: profileId }, { signal }),
    staleTime: 0,
  });
  return (
    <Loaded query={query}>
      {(answer) => (
        <div className={stack}>
          <p className={muted}>
            {answer.member ? m.isMember(formatInstant(answer.since)) : m.isNoMember}, {m.version(answer.version)}
          </p>
          <ExplanationTree answer={answer.explanation} />
        </div>
      )}
    </Loaded>
  );
}
