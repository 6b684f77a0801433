import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { messages } from "./messages.data.ts";
import { AppShell } from "./shell/app-shell.tsx";
import { basePath, parseSearch, stringifySearch } from "./shell/location.ts";
import { EmptyState, ErrorState } from "./ui/states.tsx";

const root = createRootRoute({
  component: AppShell,
  notFoundComponent: () => <EmptyState title={messages.common.notFound} text={messages.common.notFoundText} />,
});

type PageModule = () => Promise<Record<string, unknown>>;

/** One page, loaded when it is first opened. */
function page(path: string, load: PageModule, name: string) {
  return createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load as never, name as never) });
}

const definitions = () => import("./definition-pages.tsx");
const merchandising = () => import("./merchandising/merchandising-pages.tsx");

const routes = [
  page("/", () => import("./operations/home-page.tsx"), "HomePage"),
  page("/profiles", () => import("./profiles/profiles-page.tsx"), "ProfilesPage"),
  page("/profiles/$id", () => import("./profiles/profile-page.tsx"), "ProfilePage"),
  page("/traits", definitions, "TraitListPage"),
  page("/traits/$id", definitions, "TraitPage"),
  page("/identity", () => import("./identity/identity-page.tsx"), "IdentityPage"),
  page("/duplicates", () => import("./duplicates/duplicates-page.tsx"), "DuplicatesPage"),
  page("/duplicates/$id", () => import("./duplicates/duplicate-page.tsx"), "DuplicatePage"),
  page("/privacy", () => import("./privacy/requests-page.tsx"), "PrivacyRequestsPage"),
  page("/data-classes", () => import("./privacy/data-classes-page.tsx"), "DataClassesPage"),
  page("/audiences", definitions, "AudienceListPage"),
  page("/audiences/$id", definitions, "AudiencePage"),
  page("/lists", () => import("./audiences/lists/lists-page.tsx"), "ListsPage"),
  page("/lists/$key", () => import("./audiences/lists/list-page.tsx"), "UploadedListPage"),
  page("/models", () => import("./models/models-page.tsx"), "ModelsPage"),
  page("/models/$key", () => import("./models/model-page.tsx"), "ModelPage"),
  page("/blocks", definitions, "BlockListPage"),
  page("/blocks/$id", definitions, "BlockPage"),
  page("/units", definitions, "UnitListPage"),
  page("/units/$id", definitions, "UnitPage"),
  page("/search-rules", merchandising, "SearchRuleListPage"),
  page("/search-rules/$id", merchandising, "SearchRulePage"),
  page("/category-rules", merchandising, "CategoryRuleListPage"),
  page("/category-rules/$id", merchandising, "CategoryRulePage"),
  page("/dynamic-categories", merchandising, "DynamicCategoryListPage"),
  page("/dynamic-categories/$id", merchandising, "DynamicCategoryPage"),
  page("/synonyms", merchandising, "SynonymListPage"),
  page("/synonyms/$id", merchandising, "SynonymPage"),
  page("/redirects", merchandising, "RedirectListPage"),
  page("/redirects/$id", merchandising, "RedirectPage"),
  page("/facets", merchandising, "FacetListPage"),
  page("/facets/$id", merchandising, "FacetPage"),
  page("/sort-options", merchandising, "SortOptionListPage"),
  page("/sort-options/$id", merchandising, "SortOptionPage"),
  page("/search-settings", merchandising, "SearchSettingsListPage"),
  page("/search-settings/$id", merchandising, "SearchSettingsPage"),
  page("/search-tester", () => import("./merchandising/search-tester-page.tsx"), "SearchTesterPage"),
  page("/relevance", () => import("./relevance/sets-page.tsx"), "QuerySetsPage"),
  page("/relevance/$key", () => import("./relevance/set-page.tsx"), "QuerySetPage"),
  page("/related-rules", definitions, "RelatedRuleListPage"),
  page("/related-rules/$id", definitions, "RelatedRulePage"),
  page("/related-lists", definitions, "RelatedListListPage"),
  page("/related-lists/$id", definitions, "RelatedListPage"),
  page("/recommendation-report", () => import("./recommendations/report-tab.tsx"), "RecommendationReportPage"),
  page("/search-analytics", () => import("./search-analytics/search-analytics-page.tsx"), "SearchAnalyticsPage"),
  page("/preview", () => import("./decisions/preview-page.tsx"), "PreviewPage"),
  page("/events", () => import("./collect/live-events-page.tsx"), "LiveEventsPage"),
  page("/event-quality", () => import("./tracking/event-quality-page.tsx"), "EventQualityPage"),
  page("/tracking-plans", definitions, "PlanListPage"),
  page("/tracking-plans/$id", definitions, "PlanPage"),
  page("/dead-letters", () => import("./collect/dead-letters-page.tsx"), "DeadLettersPage"),
  page("/catalog", () => import("./catalog/products-page.tsx"), "ProductsPage"),
  page("/catalog/$sku", () => import("./catalog/product-page.tsx"), "ProductPage"),
  page("/sources", () => import("./connectors/sources/sources-page.tsx"), "SourcesPage"),
  page("/sources/new", () => import("./connectors/sources/new-source-page.tsx"), "NewSourcePage"),
  page("/sources/$key", () => import("./connectors/sources/source-page.tsx"), "SourcePage"),
  page("/destinations", () => import("./connectors/destinations/destinations-page.tsx"), "DestinationsPage"),
  page("/destinations/new", () => import("./connectors/destinations/new-destination-page.tsx"), "NewDestinationPage"),
  page("/destinations/$key", () => import("./connectors/destinations/destination-page.tsx"), "DestinationPage"),
  page("/audience-syncs", () => import("./activation/syncs-page.tsx"), "SyncsPage"),
  page("/audience-syncs/new", () => import("./activation/new-sync-page.tsx"), "NewSyncPage"),
  page("/audience-syncs/$key", () => import("./activation/sync-page.tsx"), "SyncPage"),
  page("/imports", () => import("./connectors/imports/imports-page.tsx"), "ImportsPage"),
  page("/imports/new", () => import("./connectors/imports/new-import-page.tsx"), "NewImportPage"),
  page("/imports/$id", () => import("./connectors/imports/import-page.tsx"), "ImportPage"),
  page("/keys", () => import("./access/keys-page.tsx"), "KeysPage"),
  page("/users", () => import("./access/users-page.tsx"), "UsersPage"),
  page("/activity", () => import("./access/audit-page.tsx"), "AuditPage"),
  page("/system", () => import("./operations/system-page.tsx"), "SystemPage"),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: basePath,
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultErrorComponent: ({ error }) => <ErrorState error={error} onRetry={() => window.location.reload()} />,
});
