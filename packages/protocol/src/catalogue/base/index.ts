import { type CatalogueDocument, catalogueDocumentSchema } from "../catalogue.ts";
import { abnormalOperation } from "./abnormal-operation.ts";
import { commitment } from "./commitment.ts";
import { judgmentDefaulter } from "./judgment-defaulter.ts";
import { licence } from "./licence.ts";
import { penalty } from "./penalty.ts";
import { purposes } from "./purposes.ts";
import { redList } from "./red-list.ts";
import { registration } from "./registration.ts";
import { seriouslyDishonest } from "./seriously-dishonest.ts";
import { taxCredit } from "./tax-credit.ts";

/** The catalogue a federation starts from; an operator publishes its own in its place. */
export function baseCatalogue(): CatalogueDocument {
  return catalogueDocumentSchema.parse({
    version: 1,
    issuedAt: "2026-01-01T00:00:00Z",
    items: [
      registration,
      licence,
      penalty,
      abnormalOperation,
      seriouslyDishonest,
      judgmentDefaulter,
      redList,
      commitment,
      taxCredit,
    ],
    purposes,
  });
}
