import { ActionButton, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { WhyDialog } from "../audiences/why-dialog.tsx";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { stackWide } from "../ui/styles.ts";
import type { ProfileDetail } from "./shapes.ts";

const m = messages.profiles;
const width = style({ width: 320 });

type Asked = { readonly id: string; readonly name: string };

/** The audiences a person is in, each with its reason; and why not in any other. */
export function MembershipsTab({ profile }: { profile: ProfileDetail }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <div className={stackWide}>
      {profile.memberships.length === 0 ? (
        <EmptyState title={m.noMemberships} text={m.noMembershipsText} />
      ) : (
        <DataTable
          label={m.audiences}
          rows={profile.memberships}
          rowKey={({ audienceId }) => audienceId}
          columns={[
            {
              key: "name",
              label: messages.audiences.kind.one,
              text: ({ name }) => name,
              render: ({ audienceId, name }) => <AppLink to={`/audiences/${audienceId}`}>{name}</AppLink>,
            },
            { key: "since", label: messages.audiences.since, text: ({ since }) => formatInstant(since) },
            {
              key: "why",
              isOneLine: true,
              label: messages.why.label,
              align: "end",
              text: () => "",
              render: ({ audienceId, name }) => (
                <ActionButton
                  size="S"
                  aria-label={messages.why.ask(name)}
                  onPress={() => setAsked({ id: audienceId, name })}
                >
                  {messages.why.label}
                </ActionButton>
              ),
            },
          ]}
        />
      )}
      <WhyNot profile={profile} onAsk={setAsked} />
      <WhyDialog
        audience={asked ?? { id: "", name: "" }}
        profile={asked ? { id: profile.profileId, label: profile.label } : null}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

function WhyNot({ profile, onAsk }: { profile: ProfileDetail; onAsk: (audience: Asked) => void }) {
  const mine = new Set(profile.memberships.map(({ key }) => key));
  const others = (useDefinitionChoices("audience").data?.items ?? []).filter(
    ({ key, status }) => status === "live" && !mine.has(key),
  );
  if (others.length === 0) return null;
  return (
    <Panel title={m.whyNot} description={m.whyNotText}>
      <Picker
        aria-label={messages.audiences.kind.one}
        placeholder={messages.rules.chooseAudience}
        styles={width}
        selectedKey={null}
        onSelectionChange={(key) => {
          const chosen = others.find(({ id }) => id === key);
          if (chosen) onAsk({ id: chosen.id, name: chosen.name });
        }}
      >
        {others.map(({ id, name }) => (
          <PickerItem key={id} id={id}>
            {name}
          </PickerItem>
        ))}
      </Picker>
    </Panel>
  );
}
