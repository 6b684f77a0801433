export type {
  AnswerList,
  ConsideredRule,
  ListAnswer,
  ListPreview,
  ListRequest,
  ListSubject,
} from "./product-lists.ts";
