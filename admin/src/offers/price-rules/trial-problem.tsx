import { ApiError } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { ErrorState } from "../../ui/states.tsx";
import { muted, stackTight } from "../../ui/styles.ts";

const m = messages.priceRules.trial;
const shownFaults = 5;

/** A rule that is half written is no error: what is missing is named. */
export function TrialProblem({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 422))
    return <ErrorState error={error} />;
  return (
    <div className={stackTight} role="status">
      <p className={muted}>{m.incomplete}</p>
      {error.details.length === 0 ? <p className={muted}>{error.message}</p> : null}
      <ul>
        {error.details.slice(0, shownFaults).map(({ path, message }) => (
          <li key={path + message} className={muted}>
            {message} <code>{path.replace(/^\/?(body\/)?draft\/body/, "")}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
