import { ApiError } from "../api/client.ts";
import { ErrorState } from "./states.tsx";
import { muted, plainList, stackTight } from "./styles.ts";

type Props = {
  readonly error: Error;
  /** What waits for the draft to be complete, in a sentence. */
  readonly unfinished: string;
};

/** Why a draft is not previewed. While something is half written the server refuses it; that is no failure worth a red box. */
export function DraftProblem({ error, unfinished }: Props) {
  if (!(error instanceof ApiError) || (error.status !== 422 && error.status !== 400))
    return <ErrorState error={error} />;
  return (
    <div className={stackTight}>
      <p className={muted}>{unfinished}</p>
      <ul className={plainList}>
        {error.details.map((fault) => (
          <li key={fault.path + fault.code} className={muted}>
            {fault.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
