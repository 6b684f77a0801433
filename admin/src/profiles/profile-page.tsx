import { Tab, TabList, TabPanel, Tabs } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatAgo, formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { Page } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { tabContent } from "../ui/styles.ts";
import { ConsentsTab } from "./consents-tab.tsx";
import { IdentityTab } from "./identity-tab.tsx";
import { MembershipsTab } from "./memberships-tab.tsx";
import { PrivacyTab } from "./privacy-tab.tsx";
import { ProfileOverview } from "./profile-overview.tsx";
import type { ProfileDetail } from "./shapes.ts";
import { TimelineTab } from "./timeline-tab.tsx";
import { TraitsTab } from "./traits-tab.tsx";
import { useProfile } from "./use-profiles.ts";

const m = messages.profiles;

export function ProfilePage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useProfile(id);
  return <Loaded query={query}>{(profile) => <Detail key={profile.profileId} profile={profile} />}</Loaded>;
}

function Detail({ profile }: { profile: ProfileDetail }) {
  const [url, change] = useUrlState();
  const tabs: readonly { id: string; label: string; content: ReactNode }[] = [
    { id: "overview", label: m.overview, content: <ProfileOverview profile={profile} /> },
    { id: "timeline", label: m.timeline, content: <TimelineTab profileId={profile.profileId} /> },
    {
      id: "audiences",
      label: m.audiencesTab(formatNumber(profile.memberships.length)),
      content: <MembershipsTab profile={profile} />,
    },
    { id: "identity", label: m.identity, content: <IdentityTab profile={profile} /> },
    { id: "traits", label: messages.privacy.traits.tab, content: <TraitsTab profile={profile} /> },
    { id: "consents", label: messages.privacy.consents.tab, content: <ConsentsTab profile={profile} /> },
    { id: "privacy", label: messages.privacy.profile.tab, content: <PrivacyTab profile={profile} /> },
  ];
  return (
    <Page
      title={profile.label}
      description={
        <span title={formatInstant(profile.createdAt)}>
          {m.known(formatAgo(profile.createdAt))} · {profile.profileId}
        </span>
      }
      parent={{ label: m.many, to: "/profiles" }}
    >
      <Tabs
        aria-label={m.one}
        selectedKey={url["tab"] ?? "overview"}
        onSelectionChange={(key) => change({ tab: key === "overview" ? null : String(key) })}
      >
        <TabList>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id}>
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {tabs.map((tab) => (
          <TabPanel key={tab.id} id={tab.id}>
            <div className={tabContent}>{tab.content}</div>
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  );
}
