import { composeCitizenId, composeUscc, type Subject } from "@xinqiao/protocol/identity";
import { daysAfter } from "./day.ts";
import { type SamplePlace, sampleNodes } from "./nodes.ts";

/** A synthetic subject. Its name says so, and its code lies in a range that no registrar has given out. */
export interface SampleSubject {
  readonly subject: Subject;
  readonly name: string;
  /** 行政相对人类别 of the national files. */
  readonly category: "法人及非法人组织" | "个体工商户" | "自然人";
  /** Legal representative; none for a person. */
  readonly representative?: string;
  /** Distinct from every other subject's within a node: part of its document numbers. */
  readonly place: number;
}

/** Known to all four members: the subject of every demonstration. */
export const demonstrationSubject: SampleSubject = {
  subject: {
    kind: "enterprise",
    scheme: "uscc",
    id: composeUscc({ division: "440300", serial: "XQ888888" }),
  },
  name: "示例信桥联合科技有限公司",
  category: "法人及非法人组织",
  representative: "示例代表",
  place: 0,
};

/** Of the subjects shared among members, which members know the one at each place of the cycle. */
const sharedBy: readonly (readonly number[])[] = [
  [0, 1],
  [2, 3],
  [0, 2],
  [1, 3],
  [0, 3],
  [1, 2],
  [0, 1, 2],
  [1, 2, 3],
  [0, 2, 3],
  [0, 1, 3],
  [0, 1, 2, 3],
];

/** Of the cycle of eleven a member knows seven: about 2.5 % of its subjects are known elsewhere too. */
const sharedShare = 0.04;

/** Every subject a member knows: the demonstration's, those it shares, and its own; as many as asked for. */
export function* subjectsOf(node: SamplePlace, subjects: number): Generator<SampleSubject> {
  yield demonstrationSubject;
  let place = 1;
  for (const shared of sharedPlaces(node, subjects)) yield { ...sharedSubject(shared), place: place++ };
  while (place < subjects) yield ownSubject(node, place++);
}

/** Among the members, or behind them all. */
function placeOf({ node }: SamplePlace): number {
  const place = sampleNodes.findIndex((each) => each.node === node);
  return place < 0 ? sampleNodes.length : place;
}

function* sharedPlaces(node: SamplePlace, subjects: number): Generator<number> {
  const us = placeOf(node);
  for (let at = 0; at < Math.floor(subjects * sharedShare); at += 1) {
    if (sharedBy[at % sharedBy.length]?.includes(us)) yield at;
  }
}

function sharedSubject(at: number): Omit<SampleSubject, "place"> {
  const registrar = ["440300", "441900", "441300"][at % 3] ?? "440300";
  return {
    subject: enterprise(registrar, serialOf(0, at)),
    name: `示例湾区${industryOf(at)}第${numeral(at)}号有限公司`,
    category: "法人及非法人组织",
    representative: `示例代表湾区${numeral(at)}`,
  };
}

/** Of twenty subjects fourteen are companies, three individual businesses, two people, and one is a body. */
function ownSubject(node: SamplePlace, place: number): SampleSubject {
  const serial = serialOf(placeOf(node) + 1, place);
  const where = node.name.zh;
  const named = (what: string, form: string) => ({
    name: `示例${where}${what}第${numeral(place)}号${form}`,
    representative: `示例代表${where}${numeral(place)}`,
    category: "法人及非法人组织" as const,
    place,
  });
  const turn = place % 20;
  if (turn < 14)
    return { ...named(industryOf(place), "有限公司"), subject: enterprise(node.registrar, serial) };
  if (turn < 17) {
    const business = composeUscc({ kind: "2", division: node.registrar, serial });
    return {
      ...named(industryOf(place), "商行"),
      category: "个体工商户",
      subject: { kind: "enterprise", scheme: "uscc", id: business },
    };
  }
  if (turn < 19) return person(node, place);
  return body(node, place, serial, named);
}

function enterprise(registrar: string, serial: string): Subject {
  return { kind: "enterprise", scheme: "uscc", id: composeUscc({ division: registrar, serial }) };
}

function body(
  node: SamplePlace,
  place: number,
  serial: string,
  named: (what: string, form: string) => Omit<SampleSubject, "subject">,
): SampleSubject {
  if (place % 40 === 19) {
    const id = composeUscc({ authority: "1", kind: "2", division: node.registrar, serial });
    return { ...named("公共", "服务中心"), subject: { kind: "public-institution", scheme: "uscc", id } };
  }
  const id = composeUscc({ authority: "5", kind: "1", division: node.registrar, serial });
  return {
    ...named(industryOf(place), "协会"),
    subject: { kind: "social-organisation", scheme: "uscc", id },
  };
}

const firstBirth = "1960-01-01";
const birthDays = 16_000;

/**
 * 440300 is the city's own code, and citizen IDs carry a county's: these numbers are valid and belong to
 * nobody, whichever member holds the record.
 */
function person(node: SamplePlace, place: number): SampleSubject {
  const order = placeOf(node) * mostPeople + place;
  const id = composeCitizenId({
    division: "440300",
    birth: daysAfter(firstBirth, order % birthDays),
    sequence: 1 + Math.floor(order / birthDays),
  });
  return {
    subject: { kind: "individual", scheme: "citizen-id", id },
    name: `示例人${node.name.zh}${numeral(place)}`,
    category: "自然人",
    place,
  };
}

/** Four members' worth of places fit into the sequences 1 to 999 of the birth days above. */
const mostPeople = 3_900_000;

const industries = [
  "电子",
  "精密制造",
  "物流",
  "餐饮",
  "建筑",
  "软件",
  "商贸",
  "环保",
  "医药",
  "纺织",
] as const;

function industryOf(place: number): string {
  return industries[Math.floor(place / 3) % industries.length] ?? industries[0];
}

function numeral(place: number): string {
  return String(place).padStart(6, "0");
}

/** GB 32100 without the letters it leaves out. */
const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** Where a member's own serials begin; the shared ones are below. Six digits reach 31⁶, about 887 million. */
const range = 100_000_000;

/** `XQ` and six digits: organisation codes begin with a digit or with a letter of other ranges, never with XQ. */
function serialOf(owner: number, place: number): string {
  let rest = owner * range + place;
  let text = "";
  for (let at = 0; at < 6; at += 1) {
    text = digits.charAt(rest % digits.length) + text;
    rest = Math.floor(rest / digits.length);
  }
  return `XQ${text}`;
}
