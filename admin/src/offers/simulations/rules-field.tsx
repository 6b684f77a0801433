import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { readPages } from "../../api/read-pages.ts";
import type { DefinitionSummary } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { describeError } from "../../ui/states.tsx";

const m = messages.simulations;
/** More are no list to choose from; all drafts together can still be tried. */
const listed = { pageSize: 200, maxPages: 10 } as const;

/** Cart price rules, by what a simulation can do with them. */
export function useRuleChoices() {
  const query = useQuery({
    queryKey: ["definition-choices", "cart-price-rule", "simulation"],
    queryFn: ({ signal }) => readPages<DefinitionSummary>("/v1/definitions/cart-price-rule", {}, { ...listed, signal }),
    staleTime: 30_000,
  });
  const rules = query.data?.filter(({ status }) => status !== "archived");
  return {
    error: query.error,
    /** Undefined while they are read. */
    rules,
    /** As drafted they may differ from what is live. */
    drafted: rules?.filter(({ status, draftVersion }) => draftVersion !== null || status !== "live"),
    live: rules?.filter(({ status }) => status === "live"),
  };
}

type Props = {
  label: string;
  description: string;
  /** While nothing is chosen. */
  placeholder: string;
  /** Where there is nothing to choose. */
  nothing: string;
  choices: readonly DefinitionSummary[] | undefined;
  error: unknown;
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
};

/** Some of the rules, by name. */
export function RulesField({ choices, error, values, onChange, placeholder, nothing, ...texts }: Props) {
  const isEmpty = choices?.length === 0;
  const failure = error && !choices ? describeError(error) : undefined;
  return (
    <Picker
      {...texts}
      selectionMode="multiple"
      isDisabled={isEmpty || failure !== undefined}
      placeholder={choices === undefined && !failure ? messages.common.loading : isEmpty ? nothing : placeholder}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
      {...(failure === undefined ? {} : { isInvalid: true, errorMessage: m.rulesFailed(failure) })}
    >
      {(choices ?? []).map(({ key, name, status, draftVersion }) => (
        <PickerItem key={key} id={key} textValue={name}>
          <Text slot="label">{name}</Text>
          <Text slot="description">
            {status === "live" && draftVersion !== null ? m.liveWithDraft : messages.status[status]}
          </Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
