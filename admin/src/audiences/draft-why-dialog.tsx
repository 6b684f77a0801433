import { DialogContainer } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { post } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { ExplanationTree } from "./explanation-tree.tsx";
import { Served } from "./served.tsx";
import type { Sample, Selection } from "./use-preview.ts";

const v = messages.audienceViews;

type Props = { selection: Selection; person: Sample | null; onClose: () => void };

/** Condition by condition, why the rule as it stands in the form would or would not select a person. */
export function DraftWhyDialog({ selection, person, onClose }: Props) {
  return (
    <DialogContainer onDismiss={onClose}>
      {person ? (
        <InfoDialog title={v.draftWhy(person.label || person.profileId)} onClose={onClose}>
          <Explained selection={selection} profileId={person.profileId} />
        </InfoDialog>
      ) : null}
    </DialogContainer>
  );
}

function Explained({ selection, profileId }: { selection: Selection; profileId: string }) {
  const query = useQuery({
    queryKey: ["explain-draft", JSON.stringify(selection), profileId],
    queryFn: ({ signal }) =>
      post<{ explanation: unknown }>("/v1/audiences/explain", { ...selection, profileId }, { signal }),
    retry: false,
    staleTime: 0,
  });
  return <Served query={query}>{(answer) => <ExplanationTree answer={answer.explanation} />}</Served>;
}
