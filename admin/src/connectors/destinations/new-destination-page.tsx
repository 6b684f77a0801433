import { SelectBox, SelectBoxGroup, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { NeedsScope } from "../../access/needs-scope.tsx";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { NewDestination } from "./destination-form.tsx";
import { destinationTypes } from "./shapes.ts";

const m = messages.connectors.destinations;
const wide = style({ width: "full" });

/** Choose a type, then fill in where to and what. */
export function NewDestinationPage() {
  const [url, change] = useUrlState();
  const type = destinationTypes.find((known) => known === url["type"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/destinations" }}>
      <NeedsScope scope="admin">
        <Panel title={m.choose}>
          <SelectBoxGroup
            aria-label={m.choose}
            orientation="horizontal"
            styles={wide}
            selectedKeys={type ? [type] : []}
            onSelectionChange={(keys) => {
              const [chosen] = keys === "all" ? [] : [...keys];
              if (chosen !== undefined) change({ type: String(chosen) });
            }}
          >
            {destinationTypes.map((known) => (
              <SelectBox key={known} id={known} textValue={m.types[known].label}>
                <Text slot="label">{m.types[known].label}</Text>
                <Text slot="description">{m.types[known].text}</Text>
              </SelectBox>
            ))}
          </SelectBoxGroup>
        </Panel>
        {type ? <NewDestination key={type} type={type} /> : null}
      </NeedsScope>
    </Page>
  );
}
