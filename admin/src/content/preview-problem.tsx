import { ApiError } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { ErrorState } from "../ui/states.tsx";
import { muted, plainList, stackTight } from "../ui/styles.ts";

const m = messages.blocks;

/** While a field is half written the server refuses the block; that is no failure worth a red box. */
export function PreviewProblem({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.status !== 422) return <ErrorState error={error} />;
  return (
    <div className={stackTight}>
      <p className={muted}>{m.unfinished}</p>
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
