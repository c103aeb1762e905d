import {
  baseCatalogue,
  type CatalogueDocument,
  catalogueContentSchema,
  catalogueDocumentSchema,
  contradictions,
  itemCodeSchema,
  openCatalogue,
  type PublishedCatalogue,
  purposeCodeSchema,
  signCatalogue,
} from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { decide, federationRules, resolveAsked } from "@xinqiao/protocol/policy";
import {
  memberSchema,
  openRegistry,
  type Registry,
  type RegistryDocument,
  registryDocumentSchema,
  signRegistry,
} from "@xinqiao/protocol/registry";
import { succeed } from "@xinqiao/runtime/registry";
import { quantile } from "./quantile.ts";
import type { Figure } from "./table.ts";

/** The published size of a city's catalogue (2019), and of a large federation. */
const size = { items: 735, purposes: 948, members: 5_000 } as const;

const now = Date.now();

/** Milliseconds of one run, the median of several after one that is not counted. */
async function medianOf(runs: number, work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return median(times);
}

/** What deciding and believing cost at a city's size. */
export async function measureRules(): Promise<readonly Figure[]> {
  const document = largeCatalogue();
  const text = await largeRegistry({ version: 1, prev: null });
  const opened = openRegistry(text, anchor(), now);
  if (!opened.ok) throw new Error(opened.error.code);
  const requester = opened.value.directory.member(nodeIdSchema.parse("member-17"));
  if (requester === undefined) throw new Error("no member");
  const published = await signCatalogue(document, signer);
  const catalogue = openedCatalogue(published).catalogue;
  const asked = {
    items: [0, 360, 720].map((at) => itemCodeSchema.parse(`item-${at}`)),
    purpose: purposeCodeSchema.parse("purpose-900"),
  };
  const decisions = 10_000;
  const decideMs = await medianOf(9, () => {
    for (let turn = 0; turn < decisions; turn += 1) {
      const resolved = resolveAsked(asked, catalogue);
      if (!resolved.ok) throw new Error(resolved.error.code);
      const request = {
        requester,
        subjectKind: "enterprise" as const,
        ...resolved.value,
        jurisdictions: [],
        agreed: () => true,
        today: "2026-03-01",
        standing: () => "current" as const,
      };
      if (!decide(federationRules, request).allowed) throw new Error("refused");
    }
  });
  const openMs = await medianOf(9, () => openRegistry(text, anchor(), now));
  const signMs = await medianOf(9, () => validateAndSign(document));
  const pause = await refreshPause(opened.value);
  const loadMs = await medianOf(9, () => openedCatalogue(published));
  return [
    {
      name: "policy decision, 735 items and 948 purposes",
      value: (decideMs * 1000) / decisions,
      unit: "µs",
      aim: { under: 50 },
    },
    {
      name: "registry of 5,000 members, verified and loaded",
      value: openMs,
      unit: "ms",
      aim: { under: 200 },
    },
    {
      name: "longest turn of the event loop while a version with 100 of them changed is taken",
      value: pause.turn,
      unit: "ms",
      aim: { under: 5 },
    },
    {
      name: "longest wait of a timer meanwhile, on a machine that all threads share",
      value: pause.wait,
      unit: "ms",
      aim: { under: 5 },
    },
    {
      name: "catalogue of 735 items and 948 purposes, validated and signed",
      value: signMs,
      unit: "ms",
      aim: { under: 1_000 },
    },
    { name: "catalogue of that size, verified and loaded", value: loadMs, unit: "ms", aim: { under: 500 } },
  ];
}

/**
 * While the next version is taken, the median of several runs each: the longest turn of the event loop, and how late a
 * timer of a millisecond comes, which waits as a request would, also for a processor that another thread has.
 */
async function refreshPause(held: Registry): Promise<{ readonly turn: number; readonly wait: number }> {
  const text = await largeRegistry({ version: 2, prev: held.hash }, held.document.members);
  const runs: { turn: number; wait: number }[] = [];
  for (let run = 0; run < 9; run += 1) {
    const watched = watchTurns();
    const next = await succeed(held, text, anchor(), now);
    if (!next.ok || next.value.kind !== "next") throw new Error("not taken");
    runs.push(watched.longest());
  }
  return { turn: median(runs.map(({ turn }) => turn)), wait: median(runs.map(({ wait }) => wait)) };
}

function median(values: readonly number[]): number {
  return (
    quantile(
      values.toSorted((a, b) => a - b),
      0.5,
    ) ?? Number.NaN
  );
}

function watchTurns(): { longest(): { turn: number; wait: number } } {
  let [turn, wait, last, used] = [0, 0, performance.now(), performance.eventLoopUtilization()];
  const timer = setInterval(() => {
    const at = performance.now();
    wait = Math.max(wait, at - last - 1);
    turn = Math.max(turn, performance.eventLoopUtilization(used).active);
    [last, used] = [at, performance.eventLoopUtilization()];
  }, 1);
  return {
    longest() {
      clearInterval(timer);
      return { turn, wait };
    },
  };
}

/** As `catalogue publish` does. */
async function validateAndSign(document: CatalogueDocument): Promise<string> {
  const { classes, items, purposes } = document;
  const found = contradictions(catalogueContentSchema.parse({ classes, items, purposes }));
  if (found.length > 0) throw new Error(JSON.stringify(found));
  return signCatalogue(document, signer);
}

/** As a gateway and an agent do. */
function openedCatalogue(text: string): PublishedCatalogue {
  const opened = openCatalogue(text, { city: anchor().city, keys: [registryKey] }, now);
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
  return opened.value;
}

/** Each purpose lists about forty items: more than most real ones do. */
function largeCatalogue(): CatalogueDocument {
  const { classes, items, purposes } = baseCatalogue();
  const codes = Array.from({ length: size.items }, (_, at) => `item-${at}`);
  return catalogueDocumentSchema.parse({
    iss: "sz",
    version: 1,
    prev: null,
    iat: Math.floor(now / 1000) - 1,
    classes,
    items: codes.map((code, at) => ({ ...items[at % items.length], code, disclosure: "public" })),
    purposes: Array.from({ length: size.purposes }, (_, at) => ({
      ...purposes[at % purposes.length],
      code: `purpose-${at}`,
      items: codes.filter((_, item) => (item + at) % 18 === 0),
      subjectKinds: ["enterprise"],
      jurisdictions: "all",
      authorisation: false,
      answers: "records",
      measures: undefined,
      status: "live",
    })),
  });
}

const jwk = generatePrivateJwk("ed25519");
const imported = importSigner(jwk);
if (!imported.ok) throw new Error(imported.error);
const signer = imported.value;
const registryKey = { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" };
const anchor = () => ({ city: nodeIdSchema.parse("sz"), keyIds: new Set([signer.keyId]) });

/** Every fiftieth member of those before is suspended in it. */
function largeRegistry(
  place: Pick<RegistryDocument, "version" | "prev">,
  before: RegistryDocument["members"] = largeMembers(),
): Promise<string> {
  const iat = Math.floor(now / 1000) - 10 + place.version;
  const members = before.map((member, at) =>
    place.version > 1 && at % 50 === 0 ? { ...member, status: "suspended" } : member,
  );
  const document = {
    iss: "sz",
    ...place,
    iat,
    exp: iat + 86_400,
    grace: 3_600,
    keys: [registryKey],
    members,
  };
  return signRegistry(registryDocumentSchema.parse(document), signer);
}

function largeMembers(): RegistryDocument["members"] {
  const notBefore = "2026-01-01T00:00:00Z";
  return Array.from({ length: size.members }, (_, at) =>
    memberSchema.parse({
      node: `member-${at}`,
      name: { zh: "示例成员", en: "Sample member" },
      role: "credit-user",
      division: "440300",
      keys: [{ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore }],
      scope: { items: "all", purposes: "all" },
      status: "active",
    }),
  );
}
