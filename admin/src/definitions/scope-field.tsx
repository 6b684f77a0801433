import { Checkbox, CheckboxGroup, Switch } from "@react-spectrum/s2";
import type { DefinitionScope } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useStoreViews } from "../shell/use-store-views.ts";
import { ListField } from "../ui/list-field.tsx";
import { stackTight } from "../ui/styles.ts";

type Props = { scope: DefinitionScope; onChange: (scope: DefinitionScope) => void };

/** All store views, or some of them by name. */
export function ScopeField({ scope, onChange }: Props) {
  const known = useStoreViews();
  const chosen = scope.storeViews;
  const set = (storeViews: readonly string[] | null) => onChange({ storeViews });
  return (
    <div className={stackTight}>
      <Switch isSelected={chosen === null} onChange={(isAll) => set(isAll ? null : known.slice(0, 1))}>
        {messages.scope.everywhere}
      </Switch>
      {chosen === null ? null : known.length > 0 ? (
        <CheckboxGroup label={messages.scope.label} value={[...chosen]} onChange={set} orientation="horizontal">
          {[...new Set([...known, ...chosen])].map((storeView) => (
            <Checkbox key={storeView} value={storeView}>
              {storeView}
            </Checkbox>
          ))}
        </CheckboxGroup>
      ) : (
        <ListField label={messages.scope.codes} values={chosen} onChange={set} />
      )}
    </div>
  );
}
