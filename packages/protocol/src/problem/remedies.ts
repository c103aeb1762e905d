import type { Code } from "./codes.ts";

export interface Remedy {
  readonly en: string;
  readonly zh: string;
}

/** What a person can do, in the words of whoever meets the error. */
const remedies = {
  correct: {
    en: "Correct the request as title and `facts` say; unchanged it is refused again.",
    zh: "按标题与 facts 更正请求；原样重发仍会被拒绝。",
  },
  shorten: { en: "Send less, or ask the operator for a higher limit.", zh: "减小报文，或请运维调高上限。" },
  retry: { en: "Send it again after a moment, signed anew.", zh: "稍候重新签名后再试。" },
  slowDown: {
    en: "Send less often, and wait for `Retry-After` where it is given.",
    zh: "降低频率；如给出 Retry-After，按其等待。",
  },
  sign: {
    en: "Sign as PR-EXCHANGE §3 says; see whether a proxy rewrites the address, a header or the body.",
    zh: "按 PR-EXCHANGE 第 3 章签名；检查代理是否改写了地址、报文头或报文体。",
  },
  setClock: {
    en: "Set the sender's clock by NTP: `facts.skewSeconds` is how far it is off.",
    zh: "用 NTP 校准发送方时钟；facts.skewSeconds 为相差秒数。",
  },
  signAnew: {
    en: "Sign every attempt anew. If nobody sent it twice, somebody replays it: tell the security officer.",
    zh: "每次发送都要重新签名；如未重复发送，即有人重放，请告知安全管理员。",
  },
  registerKey: {
    en: "Have the key entered in the registry, or sign with the one that is valid now.",
    zh: "请市级登记该密钥，或改用当前有效的密钥签名。",
  },
  encryptionKey: {
    en: "The asking member: make an encryption key (`xinqiao encryption-key`) and have the city list it.",
    zh: "请求方成员：生成加密密钥（xinqiao encryption-key）并请市级登记。",
  },
  decryptionKey: {
    en: "Put back the private key that the registry lists (`encryptionKey`, `retiredEncryptionKeys`). If it is there, tell both operators: somebody interferes.",
    zh: "恢复清单所登记公钥对应的私钥（encryptionKey、retiredEncryptionKeys）；如私钥无误，请告知双方运维，可能遭到干扰。",
  },
  rightNode: {
    en: "Check node id, key file and address of this installation: they belong to different members.",
    zh: "检查本机的节点标识、密钥文件与地址，三者不属于同一成员。",
  },
  digest: {
    en: "Hash the very bytes that travel; see whether something on the way changes or compresses them.",
    zh: "对实际传输的字节计算摘要；检查途中是否被改写或压缩。",
  },
  standing: {
    en: "Ask the city centre to change this member's standing or scope.",
    zh: "请市公共信用中心调整本成员的状态或授权范围。",
  },
  otherPurpose: {
    en: "Choose a purpose that is live and covers the items, the kind of subject and the places asked.",
    zh: "改用已启用且涵盖所查事项、主体类别与辖区的用途。",
  },
  authorise: {
    en: "Obtain the subject's authorisation; this version of the exchange cannot carry one yet.",
    zh: "先取得主体授权；当前版本的交换尚不能携带授权。",
  },
  renewRegistry: {
    en: "The city publishes a new version (`xinqiao-gateway registry renew`); members take it by themselves once they reach it.",
    zh: "请市级续签成员清单（xinqiao-gateway registry renew）；成员连通后会自动取得。",
  },
  registry: {
    en: "The registry held stays in use. Ask the city which version and key are right, by another way than this one.",
    zh: "继续使用本地已有的成员清单；请通过其他途径向市级核对正确的版本与密钥。",
  },
  askNode: {
    en: "Ask that node's operator: it decides this for itself.",
    zh: "请联系该节点运维，此项由其自行决定。",
  },
  log: {
    en: "Gateway operator: make the log writable or free its disk. Nothing was handed over.",
    zh: "网关运维：恢复日志写入或清理磁盘；期间未交付任何数据。",
  },
  operator: {
    en: "Tell the operator the trace id: the cause is in that hop's own log.",
    zh: "请将 traceId 告知运维，原因见该节点日志。",
  },
  nodeDown: {
    en: "The other rows stand. Ask again later; its operator checks network, load and service.",
    zh: "其余结果有效；稍后再查，并请该节点运维检查网络、负载与服务。",
  },
  distrust: {
    en: "Do not use the answer. Keep the trace id and tell both operators: key, clock or software is wrong, or somebody interferes.",
    zh: "不要使用该应答；保留 traceId 并告知双方运维：密钥、时钟或软件有误，或遭到干扰。",
  },
  age: {
    en: "Use the records with their date, or accept older data.",
    zh: "结合数据时间使用，或放宽时效要求。",
  },
  none: { en: "Nothing: the asker left before the answer.", zh: "无须处理：请求方已先行断开。" },
  token: {
    en: "Send the token of the agent's token file as `Authorization: Bearer …`.",
    zh: "以 Authorization: Bearer 携带前置机令牌文件中的令牌。",
  },
  gatewayPath: {
    en: "Check the way to the gateway: address, network, certificate. `xinqiao doctor` does.",
    zh: "检查到网关的地址、网络与证书，可运行 xinqiao doctor。",
  },
  source: {
    en: "The platform's operator: make the data source readable. `xinqiao doctor` names it.",
    zh: "平台运维：恢复数据源可读，可运行 xinqiao doctor 定位。",
  },
} as const satisfies Record<string, Remedy>;

const remedyNames: Readonly<Record<Code, keyof typeof remedies>> = {
  "request.not-found": "correct",
  "request.method-not-allowed": "correct",
  "request.query-not-allowed": "correct",
  "request.malformed": "correct",
  "request.media-type": "correct",
  "request.encoding": "correct",
  "request.body-too-large": "shorten",
  "request.body-timeout": "retry",
  "request.headers-too-large": "shorten",
  "request.json-invalid": "correct",
  "request.shape-invalid": "correct",
  "request.field-unknown": "correct",
  "request.id-invalid": "correct",
  "request.id-reused": "signAnew",
  "signature.missing": "sign",
  "signature.malformed": "sign",
  "signature.ambiguous": "sign",
  "signature.component-missing": "sign",
  "signature.component-duplicate": "sign",
  "signature.component-unknown": "sign",
  "signature.component-absent": "sign",
  "signature.parameter-missing": "sign",
  "signature.parameter-unknown": "sign",
  "signature.lifetime": "sign",
  "signature.created-in-future": "setClock",
  "signature.expired": "setClock",
  "signature.key-unknown": "registerKey",
  "signature.key-not-valid-now": "registerKey",
  "signature.key-of-another-member": "rightNode",
  "signature.algorithm-mismatch": "sign",
  "signature.invalid": "sign",
  "signature.recipient-mismatch": "rightNode",
  "signature.replayed": "signAnew",
  "digest.missing": "digest",
  "digest.malformed": "digest",
  "digest.mismatch": "digest",
  "lookup.subject-invalid": "correct",
  "lookup.item-unknown": "correct",
  "lookup.purpose-unknown": "correct",
  "lookup.jurisdiction-unknown": "correct",
  "policy.member-not-active": "standing",
  "policy.role-not-allowed": "standing",
  "policy.item-out-of-scope": "standing",
  "policy.class-not-disclosed": "standing",
  "policy.subject-kind-not-covered": "otherPurpose",
  "policy.purpose-not-live": "otherPurpose",
  "policy.purpose-excludes-item": "otherPurpose",
  "policy.purpose-excludes-jurisdiction": "otherPurpose",
  "policy.purpose-not-granted": "standing",
  "policy.authorisation-required": "authorise",
  "policy.node-refuses-member": "askNode",
  "policy.node-refuses-item": "askNode",
  "policy.node-refuses-purpose": "askNode",
  "limit.rate": "slowDown",
  "limit.concurrency": "slowDown",
  "limit.quota": "standing",
  "log.unavailable": "log",
  "log.full": "log",
  "server.draining": "retry",
  "server.starting": "retry",
  "server.internal": "operator",
  "node.unreachable": "nodeDown",
  "node.timeout": "nodeDown",
  "node.probing": "nodeDown",
  "node.circuit-open": "nodeDown",
  "node.busy": "nodeDown",
  "node.status": "operator",
  "node.rejected": "operator",
  "node.cancelled": "none",
  "registry.malformed": "registry",
  "registry.of-another-city": "registry",
  "registry.key-unknown": "registry",
  "registry.key-not-valid": "registry",
  "registry.signature-invalid": "registry",
  "registry.from-the-future": "setClock",
  "registry.unsound": "registry",
  "registry.expired": "renewRegistry",
  "registry.rolled-back": "registry",
  "registry.forked": "registry",
  "answer.too-large": "askNode",
  "answer.malformed": "distrust",
  "answer.key-unknown": "distrust",
  "answer.key-of-another-member": "distrust",
  "answer.signature-invalid": "distrust",
  "answer.for-another-request": "distrust",
  "answer.expired": "distrust",
  "answer.data-too-old": "age",
  "answer.not-asked": "distrust",
  "answer.no-encryption-key": "encryptionKey",
  "answer.not-sealed": "distrust",
  "answer.sealed-unreadable": "decryptionKey",
  "local.unauthorised": "token",
  "gateway.unreachable": "gatewayPath",
  "gateway.timeout": "gatewayPath",
  "gateway.response-invalid": "distrust",
  "source.unavailable": "source",
  "source.item-not-held": "askNode",
};

/** What to do about a code, in English and Chinese. */
export function remedyOf(code: Code): Remedy {
  return remedies[remedyNames[code]];
}
