export { hitsOf, type Matter, type ToldRecord } from "./hit.ts";
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
