export { hitsOf, type Matter, type ToldRecord } from "./hit.ts";
export { isWithin, type PlanDependencies, planScreening, type ScreeningPlan } from "./plan.ts";
export {
  type Hit,
  hitSchema,
  mostScreened,
  type OpenedScreening,
  openedScreeningSchema,
  type Screened,
  type Screening,
  type ScreeningReply,
  screenedSchema,
  screeningReplySchema,
  screeningSchema,
  whenAwayChoices,
} from "./screening.ts";
