import { jurisdictionSchema, subjectKinds } from "@xinqiao/protocol/identity";
import { z } from "zod";
import type { Places } from "../../sharing/index.ts";

const placesSchema = z.array(
  z.object({ jurisdiction: jurisdictionSchema, subject: z.object({ kind: z.enum(subjectKinds) }) }),
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

type Place = Exclude<Places, "unknown">[number];

/** Once it has moved, it has for good: who wanted what it was may not have heard of it yet. */
export function placesAfter(before: Place & { readonly places: Places }, record: Place): Places {
  if (before.places === "unknown") return "unknown";
  const been = before.places.length > 0 ? before.places : [placeOf(before)];
  return been.some((place) => isSamePlace(place, record)) ? before.places : [...been, placeOf(record)];
}

const placeOf = ({ jurisdiction, subject: { kind } }: Place): Place => ({ jurisdiction, subject: { kind } });

const isSamePlace = (one: Place, other: Place) =>
  one.jurisdiction === other.jurisdiction && one.subject.kind === other.subject.kind;

export const placesRow = (places: Places): PlacesRow =>
  places === "unknown"
    ? { moved: 1, places: null }
    : { moved: Number(places.length > 0), places: places.length > 0 ? JSON.stringify(places) : null };
