import { TextField } from "@react-spectrum/s2";
import { type FormProps, invalidProps, type SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { body as bodyText } from "../ui/styles.ts";
import { EligibilityFields } from "./eligibility-fields.tsx";
import { patched } from "./patched.ts";
import { previewedBody } from "./previewed-body.ts";
import { QueryConditionsField } from "./query-conditions-field.tsx";
import type { Eligibility, QueryConditions } from "./shapes.ts";
import { TrySearch } from "./try-search.tsx";

const m = messages.merchandising.redirect;

export type RedirectBody = Eligibility & { readonly query: QueryConditions; readonly url: string };

export function RedirectForm({ body, onChange, faults, isReadOnly }: FormProps<RedirectBody>) {
  return (
    <>
      <Panel title={messages.merchandising.rule.when} description={messages.merchandising.rule.whenText}>
        <QueryConditionsField
          value={body.query}
          faults={faults}
          isReadOnly={isReadOnly}
          onChange={(query) => onChange({ ...body, query })}
        />
      </Panel>
      <Panel title={m.to}>
        <TextField
          label={m.url}
          description={m.urlText}
          maxLength={2_000}
          value={body.url}
          isReadOnly={isReadOnly}
          onChange={(url) => onChange({ ...body, url })}
          {...invalidProps(faults, "/url")}
        />
      </Panel>
      <EligibilityFields
        value={body}
        faults={faults}
        isReadOnly={isReadOnly}
        onChange={(patch) => onChange(patched(body, patch))}
      />
    </>
  );
}

export function RedirectSide({ body }: SideProps<RedirectBody>) {
  const first = body.query.conditions[0]?.value ?? "";
  const isWhole = body.url.trim() !== "" && body.query.conditions.some(({ value }) => value.trim() !== "");
  return (
    <TrySearch
      title={m.try}
      text={m.tryText}
      kind="redirect"
      body={isWhole ? previewedBody(body) : null}
      firstQuery={first}
    >
      {({ redirect, total }) => (
        <p className={bodyText} role="status">
          {redirect ? m.sent(redirect.url) : m.notSent(formatNumber(total))}
        </p>
      )}
    </TrySearch>
  );
}
