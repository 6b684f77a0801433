/**
 * The part of Adobe's schemas that its storefront clients ask for: catalog service (search, recommendations, products) and store
 * (personalization). A document is refused as a whole when it names a type that is missing here, so types that we never answer with
 * (`CategoryBucket`) are here too.
 */
export const schemaText = `
scalar DateTime
scalar JSON

type Query {
  productSearch(
    phrase: String!
    context: QueryContextInput
    current_page: Int = 1
    page_size: Int = 20
    sort: [ProductSearchSortInput!]
    filter: [SearchClauseInput!]
  ): ProductSearchResponse!
  attributeMetadata: AttributeMetadataResponse!
  products(skus: [String]): [ProductView]
  recommendations(
    currentSku: String
    userPurchaseHistory: [PurchaseHistory]
    userViewHistory: [ViewHistory]
    cartSkus: [String]
    category: String
    pageType: PageType
  ): Recommendations
  recommendationsByUnitIds(
    unitIds: [String!]!
    currentSku: String
    currentProduct: CurrentProductInput
    userPurchaseHistory: [PurchaseHistory]
    userViewHistory: [ViewHistory]
    cartSkus: [String]
    category: String
  ): Recommendations
  storeConfig: StoreConfig
  customerGroup: CustomerGroupStorefront!
  customerSegments(cartId: String!): [CustomerSegmentStorefront]
  cart(cart_id: String!): Cart
  dynamicBlocks(input: DynamicBlocksFilterInput, pageSize: Int = 20, currentPage: Int = 1): DynamicBlocks!
}

input QueryContextInput { customerGroup: String! userViewHistory: [ViewHistoryInput!] }
input ViewHistoryInput { sku: String! dateTime: DateTime }
input ProductSearchSortInput { attribute: String! direction: SortEnum! }
enum SortEnum { ASC DESC }
input SearchClauseInput {
  attribute: String!
  eq: String
  in: [String]
  range: SearchRangeInput
  contains: String
  startsWith: String
}
"From inclusive, to exclusive; null = open."
input SearchRangeInput { from: Float to: Float }

type ProductSearchResponse {
  items: [ProductSearchItem]
  facets: [Aggregation]
  page_info: SearchResultPageInfo
  suggestions: [String]
  related_terms: [String]
  total_count: Int
  warnings: [ProductSearchWarning!]!
  "Not of the original: where the shop sends this search instead of listing products."
  redirect: ProductSearchRedirect
  "Not of the original: joins clicks with this list."
  decisionId: ID
}
type ProductSearchRedirect { url: String! }
type ProductSearchWarning { code: String! message: String! }
type SearchResultPageInfo { current_page: Int page_size: Int total_pages: Int }
type ProductSearchItem {
  productView: ProductView
  product: ProductInterface
  highlights: [Highlight]
  applied_query_rule: AppliedQueryRule
}
type ProductInterface { sku: String name: String uid: ID canonical_url: String }
type Highlight { attribute: String! value: String! matched_words: [String]! }
type AppliedQueryRule { rule_id: String rule_name: String action_type: AppliedQueryRuleActionType }
enum AppliedQueryRuleActionType { BOOST BURY PIN }

type Aggregation { attribute: String! title: String! type: AggregationType buckets: [Bucket]! }
enum AggregationType { INTELLIGENT PINNED POPULAR }
interface Bucket { title: String! }
type ScalarBucket implements Bucket { id: ID! title: String! count: Int! }
type RangeBucket implements Bucket { title: String! from: Float! to: Float count: Int! }
type StatsBucket implements Bucket { title: String! min: Float! max: Float! }
type CategoryBucket implements Bucket { id: ID! title: String! path: String! count: Int! }
interface CategoryViewInterface {
  id: ID!
  name: String
  path: String
  level: Int
  urlKey: String
  urlPath: String
}
type CategoryView implements Bucket & CategoryViewInterface {
  id: ID!
  title: String!
  name: String
  path: String
  count: Int!
  level: Int
  parentId: String!
  position: Int
  urlKey: String
  urlPath: String
  roles: [String!]!
  children: [String!]
  availableSortBy: [String]
  defaultSortBy: String
}

type AttributeMetadataResponse {
  sortable: [SortableAttribute!]
  filterableInSearch: [FilterableInSearchAttribute!]
}
interface AttributeMetadata { attribute: String! label: String numeric: Boolean frontendInput: String }
type SortableAttribute implements AttributeMetadata {
  attribute: String!
  label: String
  numeric: Boolean
  frontendInput: String
}
type FilterableInSearchAttribute implements AttributeMetadata {
  attribute: String!
  label: String
  numeric: Boolean
  frontendInput: String
}

interface ProductView {
  id: ID!
  sku: String
  name: String
  description: String
  shortDescription: String
  metaDescription: String
  metaKeyword: String
  metaTitle: String
  externalId: String
  url: String
  urlKey: String
  inStock: Boolean
  lowStock: Boolean
  addToCartAllowed: Boolean
  lastModifiedAt: DateTime
  visibility: String
  queryType: String
  rank: Int
  score: Float
  categories: [String]
  attributes(roles: [String]): [ProductViewAttribute]
  images(roles: [String]): [ProductViewImage]
  links(linkTypes: [String!]): [ProductViewLink]
}
type SimpleProductView implements ProductView {
  id: ID!
  sku: String
  name: String
  description: String
  shortDescription: String
  metaDescription: String
  metaKeyword: String
  metaTitle: String
  externalId: String
  url: String
  urlKey: String
  inStock: Boolean
  lowStock: Boolean
  addToCartAllowed: Boolean
  lastModifiedAt: DateTime
  visibility: String
  queryType: String
  rank: Int
  score: Float
  categories: [String]
  attributes(roles: [String]): [ProductViewAttribute]
  images(roles: [String]): [ProductViewImage]
  links(linkTypes: [String!]): [ProductViewLink]
  price: ProductViewPrice
}
type ComplexProductView implements ProductView {
  id: ID!
  sku: String
  name: String
  description: String
  shortDescription: String
  metaDescription: String
  metaKeyword: String
  metaTitle: String
  externalId: String
  url: String
  urlKey: String
  inStock: Boolean
  lowStock: Boolean
  addToCartAllowed: Boolean
  lastModifiedAt: DateTime
  visibility: String
  queryType: String
  rank: Int
  score: Float
  categories: [String]
  attributes(roles: [String]): [ProductViewAttribute]
  images(roles: [String]): [ProductViewImage]
  links(linkTypes: [String!]): [ProductViewLink]
  priceRange: ProductViewPriceRange
  options: [ProductViewOption]
}
type ProductViewAttribute { name: String! label: String value: JSON roles: [String] }
type ProductViewImage { url: String! label: String roles: [String] }
type ProductViewLink { linkTypes: [String!] product: ProductView }
type ProductViewPrice { final: Price regular: Price roles: [String] }
type ProductViewPriceRange { minimum: ProductViewPrice maximum: ProductViewPrice }
type Price { amount: ProductViewMoney adjustments: [PriceAdjustment] }
type ProductViewMoney { value: Float currency: String }
type PriceAdjustment { amount: Float code: String }
type ProductViewOption {
  id: ID
  title: String
  multi: Boolean
  required: Boolean
  values: [ProductViewOptionValue!]
}
interface ProductViewOptionValue { id: ID title: String inStock: Boolean }
type ProductViewOptionValueSwatch implements ProductViewOptionValue {
  id: ID
  title: String
  inStock: Boolean
  type: SwatchType
  value: String
}
type ProductViewOptionValueConfiguration implements ProductViewOptionValue { id: ID title: String inStock: Boolean }
type ProductViewOptionValueProduct implements ProductViewOptionValue { id: ID title: String inStock: Boolean }
enum SwatchType { TEXT IMAGE COLOR_HEX EMPTY }

input PurchaseHistory { date: DateTime items: [String]! }
input ViewHistory { date: DateTime sku: String! }
input CurrentProductInput { sku: String! price: Float }
enum PageType { CMS Cart Category Checkout PageBuilder Product }
type Recommendations { results: [RecommendationUnit] totalResults: Int }
type RecommendationUnit {
  displayOrder: Int
  pageType: String
  productsView: [ProductView]
  storefrontLabel: String
  totalProducts: Int
  typeId: String
  unitId: String
  unitName: String
  userError: String
}

type StoreConfig {
  share_active_segments: Boolean
  graphql_share_customer_group: Boolean
  share_applied_cart_rule: Boolean
  "Hours."
  customer_access_token_lifetime: Float
  store_code: ID
}
type CustomerGroupStorefront { uid: ID! }
type CustomerSegmentStorefront { uid: ID! }
type Cart { rules: [CartRuleStorefront] }
type CartRuleStorefront { uid: ID! }

enum DynamicBlockTypeEnum { SPECIFIED CART_PRICE_RULE_RELATED CATALOG_PRICE_RULE_RELATED }
enum DynamicBlockLocationEnum { CONTENT HEADER FOOTER LEFT RIGHT }
input AudienceFilterInput { eq: String in: [String] }
input DynamicBlocksFilterInput {
  type: DynamicBlockTypeEnum!
  dynamic_block_uids: [ID]
  locations: [DynamicBlockLocationEnum]
  cart_id: String
  product_uid: ID
  audience_id: AudienceFilterInput
}
type DynamicBlocks { items: [DynamicBlock]! page_info: SearchResultPageInfo total_count: Int! }
type DynamicBlock { uid: ID! audience_id: [ID!]! content: ComplexTextValue! }
type ComplexTextValue { html: String! }
`;
