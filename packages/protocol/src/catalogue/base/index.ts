import { type CatalogueContent, catalogueContentSchema } from "../content.ts";
import { abnormalOperation } from "./abnormal-operation.ts";
import { classes } from "./classes.ts";
import { commitment } from "./commitment.ts";
import { creditEvaluation } from "./credit-evaluation.ts";
import { honour } from "./honour.ts";
import { judgmentDefaulter } from "./judgment-defaulter.ts";
import { judicialDecision } from "./judicial-decision.ts";
import { licence } from "./licence.ts";
import { penalty } from "./penalty.ts";
import { purposes } from "./purposes.ts";
import { redList } from "./red-list.ts";
import { registration } from "./registration.ts";
import { seriouslyDishonest } from "./seriously-dishonest.ts";
import { socialInsurance } from "./social-insurance.ts";
import { taxCredit } from "./tax-credit.ts";
import { utilityPayment } from "./utility-payment.ts";

/** The catalogue a federation starts from, as a city's first version; an operator publishes its own after it. */
export function baseCatalogue(): CatalogueContent {
  return catalogueContentSchema.parse({
    classes,
    items: [
      registration,
      licence,
      penalty,
      abnormalOperation,
      seriouslyDishonest,
      judgmentDefaulter,
      judicialDecision,
      redList,
      honour,
      commitment,
      creditEvaluation,
      taxCredit,
      socialInsurance,
      utilityPayment,
    ],
    purposes,
  });
}
