import { NeedsScope } from "../../access/needs-scope.tsx";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { CardChoice } from "../card-choice.tsx";
import { NewDestination } from "./destination-form.tsx";
import { destinationTypes } from "./shapes.ts";

const m = messages.connectors.destinations;

/** Choose a type, then fill in where to and what. */
export function NewDestinationPage() {
  const [url, change] = useUrlState();
  const type = destinationTypes.find((known) => known === url["type"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/destinations" }}>
      <NeedsScope scope="admin">
        <CardChoice
          title={m.choose}
          chosen={type}
          cards={destinationTypes.map((key) => ({ key, ...m.types[key] }))}
          onChange={(key) => change({ type: key })}
        />
        {type ? <NewDestination key={type} type={type} /> : null}
      </NeedsScope>
    </Page>
  );
}
