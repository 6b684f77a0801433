/** One list and one editor for each kind of merchandising. */
import { DefinitionEditorPage } from "../definitions/definition-editor-page.tsx";
import { DefinitionListPage } from "../definitions/definition-list-page.tsx";
import { categoryRuleKind } from "./category-rule-kind.tsx";
import { dynamicCategoryKind } from "./dynamic-category-kind.tsx";
import { facetKind } from "./facet-kind.tsx";
import { redirectKind } from "./redirect-kind.tsx";
import { searchRuleKind } from "./search-rule-kind.tsx";
import { searchSettingsKind } from "./search-settings-kind.tsx";
import { sortOptionKind } from "./sort-option-kind.tsx";
import { synonymKind } from "./synonym-kind.tsx";

export const SearchRuleListPage = () => <DefinitionListPage page={searchRuleKind} />;
export const SearchRulePage = () => <DefinitionEditorPage page={searchRuleKind} />;
export const CategoryRuleListPage = () => <DefinitionListPage page={categoryRuleKind} />;
export const CategoryRulePage = () => <DefinitionEditorPage page={categoryRuleKind} />;
export const DynamicCategoryListPage = () => <DefinitionListPage page={dynamicCategoryKind} />;
export const DynamicCategoryPage = () => <DefinitionEditorPage page={dynamicCategoryKind} />;
export const SynonymListPage = () => <DefinitionListPage page={synonymKind} />;
export const SynonymPage = () => <DefinitionEditorPage page={synonymKind} />;
export const RedirectListPage = () => <DefinitionListPage page={redirectKind} />;
export const RedirectPage = () => <DefinitionEditorPage page={redirectKind} />;
export const FacetListPage = () => <DefinitionListPage page={facetKind} />;
export const FacetPage = () => <DefinitionEditorPage page={facetKind} />;
export const SortOptionListPage = () => <DefinitionListPage page={sortOptionKind} />;
export const SortOptionPage = () => <DefinitionEditorPage page={sortOptionKind} />;
export const SearchSettingsListPage = () => <DefinitionListPage page={searchSettingsKind} />;
export const SearchSettingsPage = () => <DefinitionEditorPage page={searchSettingsKind} />;
