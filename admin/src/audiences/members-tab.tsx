import { ActionButton } from "@react-spectrum/s2";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { Definition, Page } from "../api/shapes.ts";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowBetween, stack } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { WhyDialog } from "./why-dialog.tsx";

const m = messages.audiences;

type Progress = { readonly status: "computing" | "live" | "failed"; readonly done: number; readonly total: number };
type MembersPage = Page<Member> & { readonly total: number; readonly progress?: Progress };
type Member = { readonly profileId: string; readonly label?: string; readonly since?: string | number | null };

/** Who is in the live version now. */
export function MembersTab({ definition }: { definition: Definition<AudienceBody> }) {
  const [asked, setAsked] = useState<Member | null>(null);
  const path = `/v1/audiences/${encodeURIComponent(definition.id)}/members`;
  const query = useInfiniteQuery({
    queryKey: ["members", path],
    queryFn: ({ pageParam, signal }) => get<MembersPage>(path, { limit: 50, cursor: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    enabled: definition.liveVersion !== null,
    staleTime: 0,
  });
  if (definition.liveVersion === null) return <EmptyState title={m.notLive} text={m.notLiveText} />;
  return (
    <Loaded query={query}>
      {(data) => {
        const members = data.pages.flatMap((page) => page.items);
        const progress = data.pages[0]?.progress;
        const isComputing = progress?.status === "computing";
        const computing = isComputing ? m.progress(formatNumber(progress.done), formatNumber(progress.total)) : "";
        if (members.length === 0 && isComputing) return <p className={muted}>{computing}</p>;
        if (members.length === 0) return <EmptyState title={m.noMembers} text={m.noMembersText} />;
        return (
          <div className={stack}>
            {isComputing ? <p className={muted}>{computing}</p> : null}
            <DataTable
              label={m.members}
              columns={columnsOf(setAsked)}
              rows={members}
              rowKey={(member) => member.profileId}
            />
            <div className={rowBetween}>
              <p className={muted} role="status">
                {m.shown(formatNumber(members.length), formatNumber(data.pages[0]?.total ?? members.length))}
              </p>
              {query.hasNextPage ? (
                <ActionButton onPress={() => void query.fetchNextPage()} isPending={query.isFetchingNextPage}>
                  {messages.list.more}
                </ActionButton>
              ) : null}
            </div>
            <WhyDialog
              audience={definition}
              profile={asked ? { id: asked.profileId, label: asked.label || asked.profileId } : null}
              onClose={() => setAsked(null)}
            />
          </div>
        );
      }}
    </Loaded>
  );
}

function columnsOf(ask: (member: Member) => void): readonly Column<Member>[] {
  return [
    {
      key: "profile",
      label: messages.profiles.one,
      text: (member) => member.label || member.profileId,
      render: (member) => <AppLink to={`/profiles/${member.profileId}`}>{member.label || member.profileId}</AppLink>,
    },
    { key: "since", label: m.since, text: ({ since }) => formatInstant(since) },
    {
      key: "why",
      isOneLine: true,
      label: messages.why.label,
      align: "end",
      text: () => "",
      render: (member) => (
        <ActionButton
          size="S"
          aria-label={messages.why.ask(member.label || member.profileId)}
          onPress={() => ask(member)}
        >
          {messages.why.label}
        </ActionButton>
      ),
    },
  ];
}
