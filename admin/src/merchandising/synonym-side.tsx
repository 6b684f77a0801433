import type { SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import type { SynonymBody } from "./read-synonyms.ts";
import { TrySearch } from "./try-search.tsx";

const m = messages.merchandising.synonym;

export function SynonymSide({ body }: SideProps<SynonymBody>) {
  const { type, keyword, expansions } = body;
  const isWhole = keyword.trim() !== "" && expansions.length > 0;
  return (
    <TrySearch
      title={m.try}
      text={m.tryText}
      kind="synonym"
      body={isWhole ? { type, keyword, expansions } : null}
      firstQuery={keyword}
    />
  );
}
