import {
  Button,
  Content,
  Form,
  Heading,
  InlineAlert,
  SegmentedControl,
  SegmentedControlItem,
  Switch,
  TextField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { useUrlState } from "../shell/navigation.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import { Page, Panel } from "../ui/page.tsx";
import { EmptyState, ErrorState, Loading } from "../ui/states.tsx";
import { body, muted, plainList, rowEnd, rowStart, stack, stackWide } from "../ui/styles.ts";
import { CategoryPathField } from "./category-path-field.tsx";
import { ConsideredRules } from "./considered-rules.tsx";
import type { ListAnswer, ListSubject } from "./shapes.ts";
import { TestedProduct } from "./tested-product.tsx";
import { useListPreview } from "./use-list-preview.ts";

const m = messages.merchandising.tester;
const queryWidth = style({ width: 320, maxWidth: "full" });
const pageSizes = [24, 48, 96, 200];

/** Any list as any shopper sees it, fully explained. Its whole state is in the address. */
export function SearchTesterPage() {
  const [url, change] = useUrlState();
  const isCategory = url["kind"] === "category";
  const asked = url["look"];
  const [profile, setProfile] = useState<ChosenProfile | null>(url["as"] ? { id: url["as"], label: url["as"] } : null);
  const [size, setSize] = useState(0);
  const answer = useListPreview({
    subject: asked === undefined ? null : subjectOf(isCategory, asked),
    profileId: url["as"],
    storeView: useStoreView(),
    at: url["at"] ?? "",
    limit: pageSizes[size] ?? 24,
    isRulesOff: url["rules"] === "off",
  });
  return (
    <Page title={m.title} description={m.description}>
      <Panel title={m.what}>
        <SegmentedControl
          aria-label={m.what}
          selectedKey={isCategory ? "category" : "search"}
          onSelectionChange={(kind) => change({ kind: kind === "category" ? "category" : null, look: null })}
        >
          <SegmentedControlItem id="search">{m.kinds.search}</SegmentedControlItem>
          <SegmentedControlItem id="category">{m.kinds.category}</SegmentedControlItem>
        </SegmentedControl>
        <Asked
          key={isCategory ? "category" : "search"}
          isCategory={isCategory}
          first={asked ?? ""}
          onShow={(look) => change({ look })}
        />
        <div className={rowStart}>
          <ProfileField
            label={messages.preview.as}
            value={profile}
            onChange={(next) => {
              setProfile(next);
              change({ as: next?.id ?? null });
            }}
          />
          <TextField
            label={messages.merchandising.products.at}
            description={messages.merchandising.products.atText}
            type="datetime-local"
            value={url["at"] ?? ""}
            onChange={(at) => change({ at: at || null })}
          />
        </div>
        <Switch isSelected={url["rules"] !== "off"} onChange={(on) => change({ rules: on ? null : "off" })}>
          {m.rules}
        </Switch>
      </Panel>
      {asked === undefined ? (
        <EmptyState title={m.startTitle} text={m.start} />
      ) : (
        <Answer query={answer} onMore={size + 1 < pageSizes.length ? () => setSize(size + 1) : null} />
      )}
    </Page>
  );
}

function subjectOf(isCategory: boolean, text: string): ListSubject {
  return isCategory ? { kind: "category", path: text } : { kind: "search", q: text };
}

/** Nothing is asked before somebody says so: half-typed searches are not what is tested here. */
function Asked({ isCategory, first, onShow }: { isCategory: boolean; first: string; onShow: (text: string) => void }) {
  const [text, setText] = useState(first);
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onShow(text.trim());
      }}
    >
      <div className={rowEnd}>
        {isCategory ? (
          <CategoryPathField value={text} isReadOnly={false} onChange={setText} />
        ) : (
          <TextField label={m.query} styles={queryWidth} maxLength={255} value={text} onChange={setText} />
        )}
        <Button type="submit" variant="accent" isDisabled={text.trim() === ""}>
          {m.show}
        </Button>
      </div>
    </Form>
  );
}

function Answer({ query, onMore }: { query: ReturnType<typeof useListPreview>; onMore: (() => void) | null }) {
  const { data, error } = query;
  if (error) return <ErrorState error={error} onRetry={() => void query.refetch()} />;
  if (!data) return <Loading />;
  return (
    <div className={stackWide} aria-busy={query.isBehind}>
      <Spelling answer={data} />
      {data.items.length === 0 ? (
        <EmptyState title={m.nothing} text={m.nothingText} />
      ) : (
        <Panel title={m.found(formatNumber(data.total))}>
          <ol className={plainList}>
            {data.items.map((item, index) => (
              <TestedProduct key={item.sku} item={item} place={index + 1} rules={data.rules} />
            ))}
          </ol>
          {onMore !== null && data.total > data.items.length ? (
            <div className={rowEnd}>
              <Button variant="secondary" onPress={onMore}>
                {messages.merchandising.products.more}
              </Button>
            </div>
          ) : null}
        </Panel>
      )}
      <ConsideredRules rules={data.rules} />
      {data.reasons.length > 0 ? (
        <Panel title={m.personal}>
          <ul className={plainList}>
            {data.reasons.map(({ code, text }) => (
              <li key={code + text} className={body}>
                {text}
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </div>
  );
}

function Spelling({ answer }: { answer: ListAnswer }) {
  const { redirect, didYouMean, correctedQuery } = answer;
  if (!redirect && !didYouMean && !correctedQuery) return null;
  return (
    <div className={stack}>
      {redirect ? (
        <InlineAlert variant="informative">
          <Heading level={2}>{messages.merchandising.redirects.one}</Heading>
          <Content>{m.redirect(redirect.url)}</Content>
        </InlineAlert>
      ) : null}
      {didYouMean ? <p className={muted}>{m.didYouMean(didYouMean)}</p> : null}
      {correctedQuery ? <p className={muted}>{m.corrected(correctedQuery)}</p> : null}
    </div>
  );
}
