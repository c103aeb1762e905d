import { jurisdictionSchema, subjectKinds } from "@xinqiao/protocol/identity";
import { z } from "zod";
import type { Places } from "../../sharing/index.ts";

const placesSchema = z.array(
  z.object({
    jurisdiction: jurisdictionSchema,
    subject: z.object({ kind: z.enum(subjectKinds) }),
    from: z.number(),
  }),
);

/** As the file has them: of a record that had moved before places were noted there are none. */
interface PlacesRow {
  readonly moved: number;
  readonly places: string | null;
}

export function placesOf({ moved, places }: PlacesRow): Places {
  if (places !== null) return placesSchema.parse(JSON.parse(places));
  return moved === 1 ? "unknown" : [];
}

type Place = Omit<Exclude<Places, "unknown">[number], "from">;

/** Once it has moved, it has for good: who wanted what it was may not have heard of it yet. */
export function placesAfter(
  before: Place & { readonly first: number; readonly places: Places },
  record: Place,
  position: number,
): Places {
  if (before.places === "unknown") return "unknown";
  const { jurisdiction, subject, first } = before;
  const been = before.places.length > 0 ? before.places : [{ jurisdiction, subject, from: first }];
  return been.some((place) => isSamePlace(place, record))
    ? before.places
    : [
        ...been,
        { jurisdiction: record.jurisdiction, subject: { kind: record.subject.kind }, from: position },
      ];
}

const isSamePlace = (one: Place, other: Place) =>
  one.jurisdiction === other.jurisdiction && one.subject.kind === other.subject.kind;

export const placesRow = (places: Places): PlacesRow =>
  places === "unknown"
    ? { moved: 1, places: null }
    : { moved: Number(places.length > 0), places: places.length > 0 ? JSON.stringify(places) : null };
