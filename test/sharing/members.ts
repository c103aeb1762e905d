import { type Catalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { createDirectory, type Directory, type Member } from "@xinqiao/protocol/registry";
import { type Subscription, subscriptionSchema } from "@xinqiao/protocol/sync";
import { testItem } from "@xinqiao/protocol/testing";
import { createParty, type Party } from "../constellation/party.ts";

const endpoint = "https://agent.example";
export const hub = createParty({ node: "sz", role: "city" });

export interface Source extends Party {
  readonly jurisdiction: string;
}

const source = (node: string, role: "district" | "neighbour-city", jurisdiction: string): Source => ({
  ...createParty({ node, role, jurisdiction, endpoint }),
  jurisdiction,
});

export const sources = [
  source("sz-baoan", "district", "440306"),
  source("dg", "neighbour-city", "441900"),
] as const;

export interface Reader extends Party {
  readonly subscription: Subscription;
}

const reader = (node: string, role: "district" | "neighbour-city", wants: object): Reader => ({
  ...createParty({ node, role }),
  subscription: subscriptionSchema.parse({
    items: "all",
    jurisdictions: "all",
    subjectKinds: "all",
    ...wants,
  }),
});

/** One that wants everything, one of another role and for one kind of subject, one for one jurisdiction. */
export const readers = [
  reader("sz-longgang", "district", {}),
  reader("hz", "neighbour-city", { subjectKinds: ["enterprise"] }),
  reader("sz-futian", "district", { jurisdictions: ["440306"] }),
] as const;

export const nodeOf = ({ member }: Party): NodeId => member.node;

/** Made once for each key: they are asked for with every line. */
function kept<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
}

/** Who is suspended now, of everybody. */
export const directoryOf = (suspended: ReadonlySet<NodeId>): Directory =>
  directories([...suspended].sort().join(" "));

const directories = kept((names): Directory => {
  const suspended = new Set<string>(names.split(" "));
  const members = [hub, ...sources, ...readers].map(
    ({ member }): Member => (suspended.has(member.node) ? { ...member, status: "suspended" } : member),
  );
  const directory = createDirectory({ version: 1, members });
  if (!directory.ok) throw new Error(directory.error.join("; "));
  return directory.value;
});

/** What the catalogue says of the two items. */
export const itemStates = ["public", "districts", "cities", "both", "sealed", "absent"] as const;
export type ItemState = (typeof itemStates)[number];

/** What it asks of a record's fields: the document's number, more than any record has, or nothing. */
export const demands = ["number", "more", "nothing"] as const;
export type Demand = (typeof demands)[number];

export interface Rules {
  readonly open: ItemState;
  readonly shared: ItemState;
  readonly demand: Demand;
}

export const items = ["open", "shared"] as const;
export type ItemName = (typeof items)[number];

const scopes = {
  districts: ["district"],
  cities: ["neighbour-city"],
  both: ["district", "neighbour-city"],
} as const;

function scopeOf(state: Exclude<ItemState, "absent">) {
  if (state === "public") return { disclosure: "public", shareScope: [] };
  // Shared with everybody, were it not for its subject's word.
  if (state === "sealed") return { disclosure: "authorised", shareScope: scopes.both };
  return { disclosure: "government-shared", shareScope: scopes[state] };
}

export const catalogueOf = ({ open, shared, demand }: Rules): Catalogue =>
  catalogues(`${open} ${shared} ${demand}`);

const [number] = testItem().fields;
const fieldsOf = {
  number: [number],
  more: [number, { ...number, name: "CF_NR" }],
  nothing: [{ ...number, required: false }],
} as const;

const catalogues = kept((states): Catalogue => {
  const words = states.split(" ");
  const all = words.map((state) => itemStates.find((each) => each === state));
  const demand = demands.find((each) => words.includes(each)) ?? "number";
  const listed = items.flatMap((code, at) => {
    const state = all[at];
    if (state === undefined || state === "absent") return [];
    return [testItem({ code, ...scopeOf(state), fields: fieldsOf[demand] })];
  });
  return indexCatalogue({ classes: [], items: listed, purposes: [] });
});

/** Written here once more, in other words, so that one mistake is not made twice. */
export function maySee({ member }: Party, item: ItemName, rules: Rules): boolean {
  const state = rules[item];
  if (state === "absent" || state === "sealed") return false;
  if (state === "public" || state === "both") return true;
  return state === (member.role === "district" ? "districts" : "cities");
}

export function wants({ subscription }: Reader, { jurisdiction, subject }: CreditRecord): boolean {
  const { jurisdictions, subjectKinds } = subscription;
  return (
    (jurisdictions === "all" || jurisdictions.includes(jurisdiction)) &&
    (subjectKinds === "all" || subjectKinds.includes(subject.kind))
  );
}
