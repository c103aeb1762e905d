import {
  baseCatalogue,
  type CatalogueDocument,
  catalogueDocumentSchema,
  indexCatalogue,
  itemCodeSchema,
  purposeCodeSchema,
} from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { decide, federationRules, resolveAsked } from "@xinqiao/protocol/policy";
import { openRegistry, registryDocumentSchema, signRegistry } from "@xinqiao/protocol/registry";
import type { Figure } from "./table.ts";

/** The published size of a city's catalogue (2019), and of a large federation. */
const size = { items: 735, purposes: 948, members: 5_000 } as const;

const now = Date.now();

/** Milliseconds of one run, the median of several after one that is not counted. */
function median(runs: number, work: () => void): number {
  work();
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    work();
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(runs / 2)] ?? Number.NaN;
}

/** What deciding and believing cost at a city's size. */
export async function measureRules(): Promise<readonly Figure[]> {
  const document = largeCatalogue();
  const raw: unknown = JSON.parse(JSON.stringify(document));
  const text = await largeRegistry();
  const opened = openRegistry(text, anchor(), now);
  if (!opened.ok) throw new Error(opened.error.code);
  const requester = opened.value.directory.member(nodeIdSchema.parse("member-17"));
  if (requester === undefined) throw new Error("no member");
  const catalogue = indexCatalogue(document);
  const asked = {
    items: [5, 300, 700].map((at) => itemCodeSchema.parse(`item-${at}`)),
    purpose: purposeCodeSchema.parse("purpose-900"),
  };
  const decisions = 10_000;
  const decideMs = median(9, () => {
    for (let turn = 0; turn < decisions; turn += 1) {
      const resolved = resolveAsked(asked, catalogue);
      if (!resolved.ok) throw new Error(resolved.error.code);
      const request = {
        requester,
        subjectKind: "enterprise" as const,
        ...resolved.value,
        jurisdictions: [],
        today: "2026-03-01",
        standing: () => "current" as const,
      };
      if (!decide(federationRules, request).allowed) throw new Error("refused");
    }
  });
  const openMs = median(9, () => void openRegistry(text, anchor(), now));
  const loadMs = median(9, () => void indexCatalogue(catalogueDocumentSchema.parse(raw)));
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
    { name: "catalogue of 735 items and 948 purposes, loaded", value: loadMs, unit: "ms" },
  ];
}

function largeCatalogue(): CatalogueDocument {
  const base = baseCatalogue();
  const [item] = base.items;
  const [purpose] = base.purposes;
  if (item === undefined || purpose === undefined) throw new Error("an empty catalogue");
  const codes = Array.from({ length: size.items }, (_, at) => `item-${at}`);
  return catalogueDocumentSchema.parse({
    ...base,
    items: codes.map((code) => ({ ...item, code, disclosure: "public" })),
    purposes: Array.from({ length: size.purposes }, (_, at) => ({
      ...purpose,
      code: `purpose-${at}`,
      items: codes,
      jurisdictions: "all",
      authorisation: false,
      status: "live",
    })),
  });
}

const jwk = generatePrivateJwk("ed25519");
const imported = importSigner(jwk);
if (!imported.ok) throw new Error(imported.error);
const signer = imported.value;
const anchor = () => ({ city: nodeIdSchema.parse("sz"), keyIds: new Set([signer.keyId]) });

function largeRegistry(): Promise<string> {
  const notBefore = "2026-01-01T00:00:00Z";
  const members = Array.from({ length: size.members }, (_, at) => ({
    node: `member-${at}`,
    name: { zh: "示例成员", en: "Sample member" },
    role: "credit-user",
    division: "440300",
    keys: [{ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore }],
    scope: { items: "all", purposes: "all" },
    status: "active",
  }));
  const iat = Math.floor(now / 1000) - 1;
  const times = { iat, exp: iat + 86_400, grace: 3_600 };
  const document = {
    iss: "sz",
    version: 1,
    prev: null,
    ...times,
    keys: [{ jwk: publicOf(jwk), notBefore }],
    members,
  };
  return signRegistry(registryDocumentSchema.parse(document), signer);
}
