import { useParams } from "@tanstack/react-router";
import { formatInstant, formatNumber } from "../../format.ts";
import { namespaceName } from "../../identity/words.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { mainAndSide, muted, plainList, stack } from "../../ui/styles.ts";
import { DeleteList } from "./delete-list.tsx";
import type { UploadedList } from "./shapes.ts";
import { UploadPanel } from "./upload-panel.tsx";
import { useKnownPeople, useUploadedList } from "./use-uploaded-lists.ts";

const m = messages.lists;

/** One list: what is in it, who uses it, and another upload. */
export function UploadedListPage() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useUploadedList(key);
  return <Loaded query={query}>{(list) => <Shown list={list} />}</Loaded>;
}

function Shown({ list }: { list: UploadedList }) {
  return (
    <Page
      title={list.name}
      description={m.keyIs(list.key)}
      parent={{ label: m.title, to: "/lists" }}
      actions={<DeleteList list={list} />}
    >
      <div className={mainAndSide}>
        <UploadPanel key={list.version} list={list} />
        <div className={stack}>
          <Content list={list} />
          <Users list={list} />
        </div>
      </div>
    </Page>
  );
}

function Content({ list }: { list: UploadedList }) {
  const people = useKnownPeople(list);
  const known = people.data
    ? `${people.data.exact ? "" : "≈ "}${formatNumber(people.data.count)}`
    : list.size === 0
      ? formatNumber(0)
      : messages.common.none;
  return (
    <Panel title={m.content}>
      <Facts
        facts={[
          { label: m.namespace, value: namespaceName(list.namespace) },
          { label: m.size, value: formatNumber(list.size) },
          { label: m.knownPeople, value: known },
          { label: m.uploads, value: formatNumber(list.version) },
          { label: m.updatedAt, value: formatInstant(list.updatedAt) },
          { label: m.updatedBy, value: list.updatedBy },
        ]}
      />
      <p className={muted}>{m.hashedText}</p>
    </Panel>
  );
}

function Users({ list: { usedBy } }: { list: UploadedList }) {
  return (
    <Panel title={m.usedBy}>
      {usedBy.length === 0 ? (
        <p className={muted}>{m.unused}</p>
      ) : (
        <ul className={plainList}>
          {usedBy.map((key) => (
            <li key={key}>
              <AppLink to={`/audiences/${key}`}>{key}</AppLink>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
