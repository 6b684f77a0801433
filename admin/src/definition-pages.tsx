/** One list and one editor for each kind of definition; a new kind adds its two lines here and in the router. */
import { audienceKind } from "./audiences/audience-kind.tsx";
import { blockKind } from "./content/block-kind.tsx";
import { DefinitionEditorPage } from "./definitions/definition-editor-page.tsx";
import { DefinitionListPage } from "./definitions/definition-list-page.tsx";
import { unitKind } from "./recommendations/unit-kind.tsx";
import { relatedListKind } from "./related-products/list-kind.tsx";
import { relatedRuleKind } from "./related-products/rule-kind.tsx";
import { planKind } from "./tracking/plan-kind.tsx";
import { traitKind } from "./traits/trait-kind.tsx";

export const AudienceListPage = () => <DefinitionListPage page={audienceKind} />;
export const AudiencePage = () => <DefinitionEditorPage page={audienceKind} />;
export const BlockListPage = () => <DefinitionListPage page={blockKind} />;
export const BlockPage = () => <DefinitionEditorPage page={blockKind} />;
export const UnitListPage = () => <DefinitionListPage page={unitKind} />;
export const UnitPage = () => <DefinitionEditorPage page={unitKind} />;
export const RelatedRuleListPage = () => <DefinitionListPage page={relatedRuleKind} />;
export const RelatedRulePage = () => <DefinitionEditorPage page={relatedRuleKind} />;
export const RelatedListListPage = () => <DefinitionListPage page={relatedListKind} />;
export const RelatedListPage = () => <DefinitionEditorPage page={relatedListKind} />;
export const PlanListPage = () => <DefinitionListPage page={planKind} />;
export const PlanPage = () => <DefinitionEditorPage page={planKind} />;
export const TraitListPage = () => <DefinitionListPage page={traitKind} />;
export const TraitPage = () => <DefinitionEditorPage page={traitKind} />;
