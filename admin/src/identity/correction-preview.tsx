import { messages } from "../messages.data.ts";
import { ErrorState, Loading } from "../ui/states.tsx";
import { stackTight, strong } from "../ui/styles.ts";
import { ChangePreview, type Side } from "./change-preview.tsx";
import { type Correction, useCorrectionPreview } from "./use-identity.ts";

const m = messages.identity.dialogs;

type Props = { profileId: string; verb: "split" | "merge"; input: object | null };

/** The dry run of a split or merge, as soon as the input is complete. */
export function CorrectionPreview({ profileId, verb, input }: Props) {
  const preview = useCorrectionPreview(profileId, verb, input);
  if (input === null) return null;
  return (
    <section className={stackTight} aria-label={m.preview} aria-live="polite">
      <h2 className={strong}>{m.preview}</h2>
      {preview.error ? <ErrorState error={preview.error} /> : null}
      {preview.data ? <ChangePreview sides={sidesOf(preview.data, verb)} /> : null}
      {preview.isPending ? <Loading /> : null}
    </section>
  );
}

function sidesOf({ before, after }: Correction, verb: Props["verb"]): readonly Side[] {
  const isSplit = verb === "split";
  return [
    { label: isSplit ? m.thisProfile : m.merged, before: before.profile, after: after.profile },
    { label: isSplit ? m.newProfile : m.otherProfile, before: before.other, after: after.other },
  ];
}
