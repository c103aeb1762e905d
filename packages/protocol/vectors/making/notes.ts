import { createHash } from "node:crypto";
import type { TestKey } from "./keys.ts";
import { created, keys } from "./members.ts";

/** Notes as C2SP signed-note and tlog-cosignature say, written apart from the code under test. */
const types = {
  signature: {
    ed25519: [0x01],
    es256: [0xff, ..."xinqiao.es256.v1"],
    sm2: [0xff, ..."xinqiao.sm2.v1"],
  },
  cosignature: {
    ed25519: [0x04],
    es256: [0xff, ..."xinqiao.cosignature.es256.v1"],
    sm2: [0xff, ..."xinqiao.cosignature.sm2.v1"],
  },
} as const;

type Use = keyof typeof types;
type Suite = keyof (typeof types)["signature"];
interface Named {
  readonly name: string;
  readonly suite: Suite;
  readonly key: TestKey;
}

const city: Named = { name: "xinqiao/sz", suite: "ed25519", key: keys.sz };
const district: Named = { name: "xinqiao/sz-baoan", suite: "ed25519", key: keys["sz-baoan"] };
const neighbour: Named = { name: "xinqiao/dg", suite: "es256", key: keys.dg };
const other: Named = { name: "xinqiao/hz", suite: "sm2", key: keys.hz };
const everybody = [city, neighbour, other];

function typed({ suite, key }: Named, use: Use): Buffer {
  const type = types[use][suite].map((part) => (typeof part === "number" ? part : part.charCodeAt(0)));
  const { x = "", y } = key.publicJwk;
  const coordinates = Buffer.from(x, "base64url");
  const point =
    y === undefined ? coordinates : Buffer.concat([Buffer.of(4), coordinates, Buffer.from(y, "base64url")]);
  return Buffer.concat([Buffer.from(type), point]);
}

const idOf = (named: Named, use: Use) =>
  createHash("sha256").update(named.name).update("\n").update(typed(named, use)).digest().subarray(0, 4);

const verifierKey = (named: Named, use: Use) =>
  [named.name, idOf(named, use).toString("hex"), typed(named, use).toString("base64")].join("+");

const line = (named: Named, use: Use, bytes: Uint8Array) =>
  `— ${named.name} ${Buffer.concat([idOf(named, use), bytes]).toString("base64")}\n`;

const signed = (named: Named, text: string) => line(named, "signature", named.key.sign(text));

function cosigned(named: Named, text: string, time = created): string {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(time));
  const signature = named.key.sign(`cosignature/v1\ntime ${time}\n${text}`);
  return line(named, "cosignature", Buffer.concat([head, signature]));
}

const note = (text: string, ...lines: readonly string[]) => `${text}\n${lines.join("")}`;

const root = createHash("sha256").update("a tree").digest("base64");
const emptyRoot = createHash("sha256").digest("base64");
const body = (origin: string, size: string, hash = root, ...more: readonly string[]) =>
  [origin, size, hash, ...more, ""].join("\n");

const plain = "信桥\n\n两段之间的空行属于正文\n";
const tree = body("xinqiao/sz", "1234");
const cosigners = [district, neighbour, other];
const vkeys = (use: Use, ...named: readonly Named[]) => named.map((each) => verifierKey(each, use));
const allKeys = [...vkeys("signature", ...everybody), ...vkeys("cosignature", ...cosigners)];
const witnessed = cosigners.map(({ name }, index) => ({ name, time: created + index }));

const badBodies: Readonly<Record<string, string>> = {
  "two lines": `xinqiao/sz\n1234\n`,
  "no origin": body("", "1234"),
  "a size with a leading zero": body("xinqiao/sz", "01234"),
  "a size below zero": body("xinqiao/sz", "-1"),
  "a size with a sign": body("xinqiao/sz", "+1"),
  "a size with a fraction": body("xinqiao/sz", "1.0"),
  "a size in another base": body("xinqiao/sz", "0x10"),
  "a size that is not counted exactly": body("xinqiao/sz", "9007199254740992"),
  "no size": body("xinqiao/sz", ""),
  "a root of 31 bytes": body("xinqiao/sz", "1234", Buffer.alloc(31).toString("base64")),
  "a root of 33 bytes": body("xinqiao/sz", "1234", Buffer.alloc(33).toString("base64")),
  "a root without its padding": body("xinqiao/sz", "1234", root.slice(0, -1)),
  "a root in hexadecimal": body("xinqiao/sz", "1234", Buffer.from(root, "base64").toString("hex")),
  "an empty tree with another root": body("xinqiao/sz", "0"),
  "an empty extension line": body("xinqiao/sz", "1234", root, ""),
};

function notes() {
  const invalid = (name: string, of: Named, bytes: Uint8Array, reason = "signature-invalid") => ({
    name,
    keys: vkeys("signature", ...everybody),
    note: note(plain, line(of, "signature", bytes)),
    reason,
  });
  return {
    valid: everybody.map((named) => ({
      name: `a text signed with ${named.suite}`,
      keys: vkeys("signature", ...everybody),
      note: note(plain, signed(named, plain)),
      text: plain,
      signedBy: [named.name],
    })),
    invalid: [
      invalid("SM2 over another text", other, other.key.sign(`${plain}.`)),
      invalid("ES256 under the id of an SM2 key", other, neighbour.key.sign(plain)),
      invalid("ES256 one byte short", neighbour, neighbour.key.sign(plain).subarray(1)),
      {
        name: "a cosignature where the text is to be signed",
        keys: vkeys("signature", ...everybody),
        note: note(tree, cosigned(other, tree)),
        reason: "unsigned",
      },
    ],
  };
}

function checkpoints() {
  const valid = (name: string, text: string, size: number) => ({
    name,
    keys: allKeys,
    note: note(text, signed(city, text), ...cosigners.map((each, n) => cosigned(each, text, created + n))),
    origin: "xinqiao/sz",
    size,
    cosignedBy: witnessed,
  });
  const invalid = (name: string, reason: string, ...lines: readonly string[]) => ({
    name,
    keys: allKeys,
    note: note(tree, ...lines),
    origin: "xinqiao/sz",
    reason,
  });
  return {
    valid: [
      valid("cosigned with each suite", tree, 1234),
      valid("of the largest size", body("xinqiao/sz", "9007199254740991"), Number.MAX_SAFE_INTEGER),
      valid("of the empty tree", body("xinqiao/sz", "0", emptyRoot), 0),
      valid("with extension lines", body("xinqiao/sz", "1", root, "one", "two"), 1),
    ],
    invalid: [
      invalid("cosigned, and not signed by its log", "unsigned", cosigned(district, tree)),
      ...Object.entries(badBodies).map(([name, text]) => ({
        name,
        keys: allKeys,
        note: note(text, signed(city, text)),
        origin: "xinqiao/sz",
        reason: "malformed",
      })),
    ],
  };
}

/** Cosignatures that refuse the note they stand on. */
function cosignatures() {
  const other64 = (time: bigint) => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(time);
    return Buffer.concat([head, other.key.sign(`cosignature/v1\ntime ${time}\n${tree}`)]);
  };
  const invalid = (name: string, bytes: Uint8Array) => ({
    name,
    keys: allKeys,
    note: note(tree, signed(city, tree), line(other, "cosignature", bytes)),
  });
  const good = other64(BigInt(created));
  return {
    invalid: [
      invalid("a time that is another's", Buffer.concat([Buffer.alloc(8), good.subarray(8)])),
      invalid("no time", good.subarray(8)),
      invalid("a time and nothing else", good.subarray(0, 8)),
      invalid(
        "the text's own signature behind a time",
        Buffer.concat([good.subarray(0, 8), other.key.sign(tree)]),
      ),
      invalid("a time after all clocks", other64(2n ** 63n)),
      invalid("a time that is not counted exactly", other64(2n ** 53n)),
    ],
  };
}

export function noteVectors() {
  const valid = [...everybody].flatMap((named) =>
    (["signature", "cosignature"] as const).map((use) => ({
      name: `${named.suite}, ${use}`,
      key: verifierKey(named, use),
      use,
      suite: named.suite,
    })),
  );
  const hz = typed(other, "signature");
  const { x: wrong = "", ...rest } = other.key.publicJwk;
  const offCurve = { ...other, key: { ...other.key, publicJwk: { ...rest, x: wrong, y: wrong } } };
  const withBytes = (bytes: Uint8Array) =>
    [
      "xinqiao/hz",
      createHash("sha256").update("xinqiao/hz\n").update(bytes).digest("hex").slice(0, 8),
      Buffer.from(bytes).toString("base64"),
    ].join("+");
  return {
    about:
      "Notes and checkpoints signed and cosigned with each suite, and such as must be refused. ES256 and SM2 have no type of C2SP's: theirs is ff and a name of ours. Keys are those of signing/members.json; times are in seconds since 1970. Never trust these keys.",
    keys: {
      valid,
      invalid: [
        { name: "SM2 off its curve", key: verifierKey(offCurve, "signature") },
        { name: "SM2 one byte short", key: withBytes(hz.subarray(0, -1)) },
        { name: "SM2 one byte long", key: withBytes(Buffer.concat([hz, Buffer.of(0)])) },
        {
          name: "SM2 as a compressed point",
          key: withBytes(Buffer.concat([hz.subarray(0, -65), Buffer.of(2), hz.subarray(-64)])),
        },
        {
          name: "a type that is not ours",
          key: withBytes(Buffer.concat([Buffer.of(0xff), Buffer.from("xinqiao.sm3.v1"), hz.subarray(-65)])),
        },
        { name: "a type and no key", key: withBytes(hz.subarray(0, -65)) },
        { name: "a name with a space", key: verifierKey({ ...other, name: "xin qiao/hz" }, "signature") },
        { name: "no name", key: verifierKey({ ...other, name: "" }, "signature") },
      ],
    },
    notes: notes(),
    checkpoints: checkpoints(),
    cosignatures: cosignatures(),
  };
}
