export {
  commit,
  commitmentKeyBytes,
  commitmentSchema,
  fieldNameSchema,
  type Opening,
  opens,
} from "./commitment.ts";
