export { createModels, type Models, type ModelsDeps } from "./create-models.ts";
export { type Answer, answerQuestion, questions } from "./evaluation/evaluate-orders.ts";
export { readOrdersFiles } from "./evaluation/read-orders-file.ts";
