import { ActionButton } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";

type Pages = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
};

/** Reads the next page of a list that grows downwards; nothing when there is none. */
export function MoreRows({ query }: { query: Pages }) {
  if (!query.hasNextPage) return null;
  return (
    <div>
      <ActionButton isPending={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
        {messages.list.more}
      </ActionButton>
    </div>
  );
}
