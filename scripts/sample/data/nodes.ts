import { composeUscc } from "@xinqiao/protocol/identity";

export const sampleNodeIds = ["sz-baoan", "sz-longgang", "dg", "hz"] as const;
export type SampleNodeId = (typeof sampleNodeIds)[number];

/** An office that decides and reports, with a code of its own. */
export interface Office {
  readonly name: string;
  readonly code: string;
}

/** A place that keeps records of its own. */
export interface SamplePlace {
  readonly node: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly role: "district" | "neighbour-city";
  /** GB/T 2260; also what it answers for. */
  readonly division: string;
  /** Where its subjects are registered: all of Shenzhen registers under the city's code. */
  readonly registrar: string;
  /** Ahead of the numbers of its documents. */
  readonly mark: string;
  readonly offices: Readonly<Record<OfficeKind, Office>>;
}

/** One answering member of the sample federation. */
export interface SampleNode extends SamplePlace {
  readonly node: SampleNodeId;
}

export const officeKinds = [
  "market",
  "environment",
  "transport",
  "construction",
  "tax",
  "court",
  "credit",
] as const;
export type OfficeKind = (typeof officeKinds)[number];

const officeNames: Readonly<Record<OfficeKind, string>> = {
  market: "市场监管机关",
  environment: "生态环境机关",
  transport: "交通运输机关",
  construction: "住房建设机关",
  tax: "税务机关",
  court: "人民法院",
  credit: "信用中心",
};

interface Profile<Id extends string = SampleNodeId> {
  readonly node: Id;
  readonly zh: string;
  readonly en: string;
  readonly role: SamplePlace["role"];
  readonly division: string;
  readonly registrar: string;
  readonly mark: string;
}

const profiles: readonly Profile[] = [
  {
    node: "sz-baoan",
    zh: "宝安区",
    en: "Bao'an District",
    role: "district",
    division: "440306",
    registrar: "440300",
    mark: "示深宝",
  },
  {
    node: "sz-longgang",
    zh: "龙岗区",
    en: "Longgang District",
    role: "district",
    division: "440307",
    registrar: "440300",
    mark: "示深龙",
  },
  {
    node: "dg",
    zh: "东莞市",
    en: "Dongguan",
    role: "neighbour-city",
    division: "441900",
    registrar: "441900",
    mark: "示莞",
  },
  {
    node: "hz",
    zh: "惠州市",
    en: "Huizhou",
    role: "neighbour-city",
    division: "441300",
    registrar: "441300",
    mark: "示惠",
  },
];

export const sampleNodes: readonly SampleNode[] = profiles.map(placeOf);

/** Reads the city's log, and answers for nothing. */
export const auditor = {
  node: "sz-audit",
  name: { zh: "示例审计处", en: "Sample audit office" },
  role: "auditor",
  division: "440300",
} as const;

/** A part of Dongguan, behind Dongguan's own gateway. It has no division code: it answers by its node id. */
export const peerPlace: SamplePlace = placeOf({
  node: "dg-songshanhu",
  zh: "松山湖",
  en: "Songshan Lake",
  role: "district",
  division: "441900",
  registrar: "441900",
  mark: "示松",
});

function placeOf<Id extends string>(profile: Profile<Id>) {
  const { node, zh, en, role, division, registrar, mark } = profile;
  return { node, name: { zh, en }, role, division, registrar, mark, offices: officesOf(profile) };
}

export function sampleNode(node: SampleNodeId): SampleNode {
  const found = sampleNodes.find((candidate) => candidate.node === node);
  if (found === undefined) throw new RangeError(`the sample federation has no node ${node}`);
  return found;
}

/** Offices nobody could mistake for the real ones: called 示例, with codes out of the sample's own range. */
function officesOf({ zh, division }: Pick<Profile, "zh" | "division">): SampleNode["offices"] {
  const office = (kind: OfficeKind): Office => ({
    name: `示例${zh}${officeNames[kind]}`,
    code: composeUscc({ authority: "1", division, serial: `XQ00000${officeKinds.indexOf(kind) + 1}` }),
  });
  return {
    market: office("market"),
    environment: office("environment"),
    transport: office("transport"),
    construction: office("construction"),
    tax: office("tax"),
    court: office("court"),
    credit: office("credit"),
  };
}
