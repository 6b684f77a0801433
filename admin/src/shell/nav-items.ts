import AIMark from "@react-spectrum/s2/icons/AIMark";
import BadgeVerified from "@react-spectrum/s2/icons/BadgeVerified";
import ChartBarVert from "@react-spectrum/s2/icons/ChartBarVert";
import ChartTrend from "@react-spectrum/s2/icons/ChartTrend";
import CheckmarkCircle from "@react-spectrum/s2/icons/CheckmarkCircle";
import Compare from "@react-spectrum/s2/icons/Compare";
import DataRefresh from "@react-spectrum/s2/icons/DataRefresh";
import DataSettings from "@react-spectrum/s2/icons/DataSettings";
import Export from "@react-spectrum/s2/icons/Export";
import FileText from "@react-spectrum/s2/icons/FileText";
import History from "@react-spectrum/s2/icons/History";
import Home from "@react-spectrum/s2/icons/Home";
import Import from "@react-spectrum/s2/icons/Import";
import Key from "@react-spectrum/s2/icons/Key";
import Layout from "@react-spectrum/s2/icons/Layout";
import Link from "@react-spectrum/s2/icons/Link";
import ListBulleted from "@react-spectrum/s2/icons/ListBulleted";
import PeopleGroup from "@react-spectrum/s2/icons/PeopleGroup";
import Plugin from "@react-spectrum/s2/icons/Plugin";
import Preview from "@react-spectrum/s2/icons/Preview";
import Properties from "@react-spectrum/s2/icons/Properties";
import ReportAbuse from "@react-spectrum/s2/icons/ReportAbuse";
import Similar from "@react-spectrum/s2/icons/Similar";
import Tag from "@react-spectrum/s2/icons/Tag";
import Target from "@react-spectrum/s2/icons/Target";
import User from "@react-spectrum/s2/icons/User";
import UserLock from "@react-spectrum/s2/icons/UserLock";
import UserSettings from "@react-spectrum/s2/icons/UserSettings";
import { messages } from "../messages.data.ts";

type Icon = typeof Home;
export type NavItem = { readonly to: string; readonly label: string; readonly Icon: Icon };
export type NavGroup = { readonly label: string; readonly items: readonly NavItem[] };

const m = messages.nav;

/** The navigation, top to bottom; a capability adds its line here. */
export const navGroups: readonly NavGroup[] = [
  { label: m.overview, items: [{ to: "/", label: m.home, Icon: Home }] },
  {
    label: m.customers,
    items: [
      { to: "/profiles", label: m.profiles, Icon: User },
      { to: "/audiences", label: m.audiences, Icon: PeopleGroup },
      { to: "/lists", label: messages.lists.title, Icon: ListBulleted },
      { to: "/models", label: messages.models.title, Icon: AIMark },
      { to: "/traits", label: m.traits, Icon: Properties },
      { to: "/identity", label: m.identity, Icon: Link },
      { to: "/duplicates", label: m.duplicates, Icon: Compare },
    ],
  },
  {
    label: m.experience,
    items: [
      { to: "/blocks", label: m.blocks, Icon: Layout },
      { to: "/units", label: m.units, Icon: Similar },
      { to: "/preview", label: m.preview, Icon: Preview },
    ],
  },
  {
    label: m.discovery,
    items: [
      { to: "/search-analytics", label: messages.searchAnalytics.title, Icon: ChartBarVert },
      { to: "/relevance", label: messages.relevance.title, Icon: Target },
    ],
  },
  {
    label: m.data,
    items: [
      { to: "/events", label: m.events, Icon: ChartTrend },
      { to: "/event-quality", label: m.quality, Icon: CheckmarkCircle },
      { to: "/tracking-plans", label: m.plans, Icon: FileText },
      { to: "/dead-letters", label: m.deadLetters, Icon: ReportAbuse },
      { to: "/catalog", label: m.catalog, Icon: Tag },
    ],
  },
  {
    label: m.privacyGroup,
    items: [
      { to: "/privacy", label: m.privacy, Icon: UserLock },
      { to: "/data-classes", label: m.dataClasses, Icon: BadgeVerified },
    ],
  },
  {
    label: messages.connectors.group,
    items: [
      { to: "/sources", label: messages.connectors.sources.title, Icon: Plugin },
      { to: "/destinations", label: messages.connectors.destinations.title, Icon: Export },
      { to: "/audience-syncs", label: messages.activation.title, Icon: DataRefresh },
      { to: "/imports", label: messages.connectors.imports.title, Icon: Import },
    ],
  },
  {
    label: m.settings,
    items: [
      { to: "/keys", label: m.keys, Icon: Key },
      { to: "/users", label: m.users, Icon: UserSettings },
      { to: "/activity", label: m.activity, Icon: History },
      { to: "/system", label: m.system, Icon: DataSettings },
    ],
  },
];
