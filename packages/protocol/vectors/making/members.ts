import { ed25519Key, es256Key, sm2Key, type TestKey } from "./keys.ts";

/** 2026-01-01T00:00:00Z in seconds: when every vector is signed unless it says otherwise. */
export const created = 1_767_225_600;

/** Each key's name is the node's it belongs to; `retired` and `coming` are the district's too, `stranger` is nobody's. */
export const keys = {
  sz: ed25519Key("sz"),
  "sz-baoan": ed25519Key("sz-baoan"),
  dg: es256Key("dg"),
  hz: sm2Key("hz"),
  retired: ed25519Key("sz-baoan, before"),
  coming: ed25519Key("sz-baoan, after"),
  stranger: ed25519Key("stranger"),
} as const;

const listed = (key: TestKey, window: { notBefore?: string; notAfter?: string } = {}) => ({
  jwk: key.publicJwk,
  notBefore: "2025-01-01T00:00:00Z",
  ...window,
});

const member = (node: string, role: string, division: string, zh: string, memberKeys: readonly object[]) => ({
  node,
  name: { zh, en: node },
  role,
  division,
  jurisdiction: division,
  endpoint: `https://${node}.example`,
  keys: memberKeys,
  scope: { items: "all", purposes: "all" },
  status: "active",
});

/** The registry every signing vector is read against. */
export const memberList = {
  version: 1,
  members: [
    member("sz", "city", "440300", "示例市平台", [listed(keys.sz)]),
    member("sz-baoan", "district", "440306", "示例区平台", [
      listed(keys["sz-baoan"]),
      listed(keys.retired, { notAfter: "2026-01-01T00:00:00Z" }),
      listed(keys.coming, { notBefore: "2026-01-01T00:00:01Z" }),
    ]),
    member("dg", "neighbour-city", "441900", "示例邻市平台", [listed(keys.dg)]),
    member("hz", "neighbour-city", "441300", "示例另一邻市平台", [listed(keys.hz)]),
  ],
};
