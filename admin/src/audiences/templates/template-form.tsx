import { ActionButton, Button } from "@react-spectrum/s2";
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { ErrorState } from "../../ui/states.tsx";
import { body, muted, row, rowStart, stack } from "../../ui/styles.ts";
import { ParameterField } from "./parameter-field.tsx";
import { type Template, treeOf } from "./use-templates.ts";

const m = messages.audienceViews;

type Props = { template: Template; onUse: (rule: JsonObject) => void; onBack: () => void };

/** The figures of a template, and the rule that it makes of them. */
export function TemplateForm({ template, onUse, onBack }: Props) {
  const [values, setValues] = useState<JsonObject>(() => defaultsOf(template));
  const [error, setError] = useState<unknown>(null);
  const [isPending, setPending] = useState(false);
  const use = async () => {
    setPending(true);
    try {
      onUse(await treeOf(template.key, values));
    } catch (reason) {
      setError(reason);
      setPending(false);
    }
  };
  const details = error instanceof ApiError ? error.details : [];
  return (
    <div className={stack}>
      <p className={body}>{template.description}</p>
      <p className={muted}>
        {m.why}: {template.why}
      </p>
      <div className={rowStart}>
        {template.parameters.map((parameter) => (
          <ParameterField
            key={parameter.key}
            parameter={parameter}
            value={values[parameter.key]}
            fault={details.find(({ path }) => path.split("/").includes(parameter.key))?.message}
            onChange={(value) => setValues({ ...values, [parameter.key]: value })}
          />
        ))}
      </div>
      {error ? <ErrorState error={error} /> : null}
      <div className={row}>
        <ActionButton onPress={onBack}>{m.backToTemplates}</ActionButton>
        <Button variant="accent" isPending={isPending} onPress={() => void use()}>
          {m.useTemplate}
        </Button>
      </div>
    </div>
  );
}

function defaultsOf({ parameters }: Template): JsonObject {
  const entries = parameters.flatMap(({ key, default: value }): [string, Json][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(entries);
}
