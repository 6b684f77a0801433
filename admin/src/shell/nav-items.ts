import AIMark from "@react-spectrum/s2/icons/AIMark";
import AlertTriangle from "@react-spectrum/s2/icons/AlertTriangle";
import BadgeVerified from "@react-spectrum/s2/icons/BadgeVerified";
import Bell from "@react-spectrum/s2/icons/Bell";
import Calendar from "@react-spectrum/s2/icons/Calendar";
import ChartBarVert from "@react-spectrum/s2/icons/ChartBarVert";
import ChartPie from "@react-spectrum/s2/icons/ChartPie";
import ChartTrend from "@react-spectrum/s2/icons/ChartTrend";
import CheckmarkCircle from "@react-spectrum/s2/icons/CheckmarkCircle";
import Clock from "@react-spectrum/s2/icons/Clock";
import Collection from "@react-spectrum/s2/icons/Collection";
import Compare from "@react-spectrum/s2/icons/Compare";
import DataRefresh from "@react-spectrum/s2/icons/DataRefresh";
import DataSettings from "@react-spectrum/s2/icons/DataSettings";
import Edit from "@react-spectrum/s2/icons/Edit";
import Export from "@react-spectrum/s2/icons/Export";
import FileText from "@react-spectrum/s2/icons/FileText";
import Filters from "@react-spectrum/s2/icons/Filters";
import Folder from "@react-spectrum/s2/icons/Folder";
import Gift from "@react-spectrum/s2/icons/Gift";
import History from "@react-spectrum/s2/icons/History";
import Home from "@react-spectrum/s2/icons/Home";
import Images from "@react-spectrum/s2/icons/Images";
import Import from "@react-spectrum/s2/icons/Import";
import Key from "@react-spectrum/s2/icons/Key";
import Layers from "@react-spectrum/s2/icons/Layers";
import Layout from "@react-spectrum/s2/icons/Layout";
import Link from "@react-spectrum/s2/icons/Link";
import ListBulleted from "@react-spectrum/s2/icons/ListBulleted";
import MagicWand from "@react-spectrum/s2/icons/MagicWand";
import OrderTop from "@react-spectrum/s2/icons/OrderTop";
import PeopleGroup from "@react-spectrum/s2/icons/PeopleGroup";
import Plugin from "@react-spectrum/s2/icons/Plugin";
import Preview from "@react-spectrum/s2/icons/Preview";
import Promote from "@react-spectrum/s2/icons/Promote";
import Properties from "@react-spectrum/s2/icons/Properties";
import ReportAbuse from "@react-spectrum/s2/icons/ReportAbuse";
import Search from "@react-spectrum/s2/icons/Search";
import Settings from "@react-spectrum/s2/icons/Settings";
import Share from "@react-spectrum/s2/icons/Share";
import ShoppingCart from "@react-spectrum/s2/icons/ShoppingCart";
import Similar from "@react-spectrum/s2/icons/Similar";
import Slideshow from "@react-spectrum/s2/icons/Slideshow";
import Sort from "@react-spectrum/s2/icons/Sort";
import Star from "@react-spectrum/s2/icons/Star";
import SwitchIcon from "@react-spectrum/s2/icons/Switch";
import Tag from "@react-spectrum/s2/icons/Tag";
import Target from "@react-spectrum/s2/icons/Target";
import Translate from "@react-spectrum/s2/icons/Translate";
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
      { to: "/rotations", label: messages.rotations.kind.many, Icon: Slideshow },
      { to: "/variations", label: messages.variations.title, Icon: Edit },
      { to: "/pictures", label: messages.assets.title, Icon: Images },
      { to: "/units", label: m.units, Icon: Similar },
      { to: "/preview", label: m.preview, Icon: Preview },
    ],
  },
  {
    label: m.prices,
    items: [
      { to: "/price-rules", label: messages.priceRules.kind.many, Icon: ShoppingCart },
      { to: "/catalog-price-rules", label: messages.priceRules.catalogKind.many, Icon: Promote },
      { to: "/price-rule-groups", label: messages.priceRules.group.kind.many, Icon: Layers },
      { to: "/coupons", label: messages.coupons.title, Icon: Gift },
      { to: "/warnings", label: messages.warnings.title, Icon: AlertTriangle },
    ],
  },
  {
    label: messages.decisioning.offers.many,
    items: [
      { to: "/offers", label: messages.decisioning.offers.many, Icon: Star },
      { to: "/offer-collections", label: messages.decisioning.collections.many, Icon: Collection },
      { to: "/offer-policies", label: messages.decisioning.policies.many, Icon: OrderTop },
      { to: "/offer-placements", label: messages.decisioning.placements.many, Icon: Layout },
      { to: "/simulations", label: messages.simulations.title, Icon: Compare },
      { to: "/calendar", label: messages.calendar.title, Icon: Calendar },
      { to: "/reminder-rules", label: messages.reminders.rules.many, Icon: Bell },
      { to: "/reminder-settings", label: messages.reminders.settings.title, Icon: Clock },
    ],
  },
  {
    label: m.discovery,
    items: [
      { to: "/search-rules", label: messages.merchandising.searchRules.many, Icon: OrderTop },
      { to: "/category-rules", label: messages.merchandising.categoryRules.many, Icon: Folder },
      { to: "/dynamic-categories", label: messages.merchandising.dynamicCategories.many, Icon: MagicWand },
      { to: "/synonyms", label: messages.merchandising.synonyms.many, Icon: Translate },
      { to: "/redirects", label: messages.merchandising.redirects.many, Icon: Share },
      { to: "/attributes", label: messages.attributes.title, Icon: SwitchIcon },
      { to: "/facets", label: messages.merchandising.facets.many, Icon: Filters },
      { to: "/sort-options", label: messages.merchandising.sortOptions.many, Icon: Sort },
      { to: "/search-settings", label: messages.merchandising.searchSettings.many, Icon: Settings },
      { to: "/search-tester", label: messages.merchandising.tester.title, Icon: Search },
      { to: "/related-rules", label: m.relatedRules, Icon: Collection },
      { to: "/related-lists", label: m.relatedLists, Icon: Layers },
      { to: "/recommendation-report", label: messages.units.report.pageTitle, Icon: ChartPie },
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
