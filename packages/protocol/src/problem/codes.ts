/**
 * The one table from stable code to HTTP status and text.
 * A code is never renamed or reused; `docs/errors.md` is generated from here.
 */
export interface CodeEntry {
  readonly status: number;
  readonly en: string;
  readonly zh: string;
}

export const codes = {
  // Reading the message
  "request.not-found": { status: 404, en: "No such resource", zh: "资源不存在" },
  "request.method-not-allowed": { status: 405, en: "Method not allowed", zh: "不支持的请求方法" },
  "request.query-not-allowed": {
    status: 400,
    en: "This resource takes no query string",
    zh: "该接口不接受查询参数",
  },
  "request.malformed": { status: 400, en: "Not a well-formed HTTP request", zh: "HTTP 报文格式错误" },
  "request.media-type": {
    status: 415,
    en: "Body must be application/json",
    zh: "请求体须为 application/json",
  },
  "request.encoding": { status: 415, en: "Compressed bodies are not accepted", zh: "不接受压缩的请求体" },
  "request.body-too-large": { status: 413, en: "Body is larger than allowed", zh: "请求体超过大小上限" },
  "request.body-timeout": { status: 408, en: "Body did not arrive in time", zh: "请求体未在时限内到达" },
  "request.headers-too-large": {
    status: 431,
    en: "Headers are larger than allowed",
    zh: "请求头超过大小上限",
  },
  "request.json-invalid": { status: 400, en: "Body is not valid JSON", zh: "请求体不是合法的 JSON" },
  "request.shape-invalid": {
    status: 422,
    en: "Body does not have the required shape",
    zh: "请求体结构不符合要求",
  },
  "request.field-unknown": { status: 422, en: "Body has an unknown field", zh: "请求体含有未知字段" },
  "request.id-invalid": { status: 400, en: "X-Request-Id must be a UUID", zh: "X-Request-Id 须为 UUID" },
  "request.id-reused": {
    status: 409,
    en: "X-Request-Id was already used for another request",
    zh: "X-Request-Id 已被另一请求使用",
  },

  // Who signed it, and whether it is what was signed (PR-EXCHANGE §3)
  "signature.missing": { status: 401, en: "No Xinqiao signature on the message", zh: "报文没有信桥签名" },
  "signature.malformed": { status: 401, en: "Signature fields cannot be parsed", zh: "签名字段无法解析" },
  "signature.ambiguous": { status: 401, en: "More than one Xinqiao signature", zh: "存在多个信桥签名" },
  "signature.component-missing": {
    status: 401,
    en: "A required component is not signed",
    zh: "缺少必须签名的组成部分",
  },
  "signature.component-duplicate": { status: 401, en: "A component is signed twice", zh: "组成部分重复签名" },
  "signature.component-unknown": {
    status: 401,
    en: "A component outside the profile is signed",
    zh: "签名包含规范以外的组成部分",
  },
  "signature.component-absent": {
    status: 401,
    en: "A signed component is absent from the message or cannot be signed",
    zh: "已签名的组成部分在报文中缺失或含有不可签名的字符",
  },
  "signature.parameter-missing": {
    status: 401,
    en: "A required signature parameter is missing",
    zh: "缺少必需的签名参数",
  },
  "signature.parameter-unknown": {
    status: 401,
    en: "A signature parameter is outside the profile",
    zh: "签名参数不在规范内",
  },
  "signature.lifetime": {
    status: 401,
    en: "Signature lifetime is longer than allowed",
    zh: "签名有效期超过上限",
  },
  "signature.created-in-future": {
    status: 401,
    en: "Signature was created in the future: the clocks differ",
    zh: "签名时间在未来：双方时钟不一致",
  },
  "signature.expired": { status: 401, en: "Signature has expired", zh: "签名已过期" },
  "signature.key-unknown": { status: 401, en: "Signing key is not known", zh: "签名密钥未登记" },
  "signature.key-not-yet-valid": {
    status: 401,
    en: "Signing key is not valid yet",
    zh: "签名密钥尚未生效",
  },
  "signature.key-expired": { status: 401, en: "Signing key has expired", zh: "签名密钥已失效" },
  "signature.key-rotated-away": {
    status: 401,
    en: "Signing key was replaced by a newer one",
    zh: "签名密钥已被新密钥取代",
  },
  "signature.key-of-another-member": {
    status: 401,
    en: "Signing key belongs to another member",
    zh: "签名密钥属于其他成员",
  },
  "signature.algorithm-mismatch": { status: 401, en: "Algorithm does not fit the key", zh: "算法与密钥不符" },
  "signature.invalid": { status: 401, en: "Signature does not verify", zh: "签名验证失败" },
  "signature.recipient-mismatch": {
    status: 401,
    en: "Message is addressed to another node",
    zh: "报文的接收方不是本节点",
  },
  "signature.replayed": { status: 409, en: "Message was already received", zh: "报文重复提交（重放）" },
  "digest.missing": { status: 400, en: "Content-Digest is missing", zh: "缺少 Content-Digest" },
  "digest.malformed": {
    status: 400,
    en: "Content-Digest cannot be parsed or has no sha-256",
    zh: "Content-Digest 无法解析或缺少 sha-256",
  },
  "digest.mismatch": { status: 400, en: "Body does not match its digest", zh: "请求体与摘要不符" },

  // What is asked
  "lookup.subject-invalid": { status: 422, en: "Subject identifier is not valid", zh: "主体标识无效" },
  "lookup.item-unknown": { status: 422, en: "Item is not in the catalogue", zh: "目录中没有该事项" },
  "lookup.purpose-unknown": { status: 422, en: "Purpose is not registered", zh: "查询用途未登记" },
  "lookup.too-many-jurisdictions": {
    status: 422,
    en: "More jurisdictions than one exchange can be logged with",
    zh: "辖区过多，超出单次查询可记录的范围",
  },
  "lookup.jurisdiction-unknown": {
    status: 422,
    en: "Jurisdiction has no member that answers",
    zh: "该辖区没有应答成员",
  },

  // Policy (the order of disclosure decisions)
  "policy.member-not-active": { status: 403, en: "Member is not active", zh: "成员当前状态不可用" },
  "policy.role-not-allowed": { status: 403, en: "Member's role may not ask", zh: "该成员角色无权查询" },
  "policy.item-out-of-scope": {
    status: 403,
    en: "Item is outside the member's scope",
    zh: "事项超出成员的授权范围",
  },
  "policy.class-not-disclosed": {
    status: 403,
    en: "Disclosure class is not open to this member",
    zh: "该披露类别不向此成员开放",
  },
  "policy.subject-kind-not-covered": {
    status: 403,
    en: "Item or purpose does not cover this kind of subject",
    zh: "事项或用途不适用于该类主体",
  },
  "policy.purpose-not-live": {
    status: 403,
    en: "Purpose is not live, or its legal basis is not in force",
    zh: "用途尚未启用，或其法律依据不在有效期内",
  },
  "policy.purpose-excludes-item": {
    status: 403,
    en: "Purpose does not cover the item",
    zh: "用途不包含该事项",
  },
  "policy.purpose-excludes-jurisdiction": {
    status: 403,
    en: "Purpose does not cover the jurisdiction",
    zh: "用途不适用于该辖区",
  },
  "policy.no-agreement": {
    status: 403,
    en: "The cities have no agreement in force for this purpose",
    zh: "两市之间没有适用于该用途的有效协议",
  },
  "policy.purpose-not-granted": {
    status: 403,
    en: "Member was not granted the purpose",
    zh: "成员未获准使用该用途",
  },
  "policy.authorisation-required": {
    status: 403,
    en: "The subject's authorisation is required",
    zh: "须取得主体本人授权",
  },
  "policy.quota-exceeded": {
    status: 403,
    en: "The member's quota for this purpose is used up for now",
    zh: "该用途的查询配额本期已用完",
  },
  "policy.node-refuses-member": {
    status: 403,
    en: "This node does not answer this member",
    zh: "本节点不向该成员提供查询",
  },
  "policy.node-refuses-item": {
    status: 403,
    en: "This node does not disclose this item",
    zh: "本节点不提供该事项",
  },
  "policy.node-refuses-purpose": {
    status: 403,
    en: "This node does not accept this purpose",
    zh: "本节点不接受该用途",
  },

  "source.item-not-held": {
    status: 404,
    en: "This node holds none of the items for such a subject",
    zh: "本节点不掌握该类主体的所查事项",
  },

  // Whether a subject's authorisation counts (PR-EXCHANGE §13)
  "authorisation.malformed": { status: 422, en: "Authorisation cannot be read", zh: "授权书无法解析" },
  "authorisation.key-unknown": {
    status: 403,
    en: "Authorisation is signed with a key that was not registered or not valid then",
    zh: "授权书签名密钥未登记或签发时不在有效期内",
  },
  "authorisation.key-of-another-member": {
    status: 403,
    en: "Authorisation is signed with another member's key",
    zh: "授权书由其他成员的密钥签名",
  },
  "authorisation.signature-invalid": {
    status: 403,
    en: "Authorisation's signature does not verify",
    zh: "授权书签名验证失败",
  },
  "authorisation.issuer-not-active": {
    status: 403,
    en: "The member that signed the authorisation is not active",
    zh: "签发授权书的成员不在有效状态",
  },
  "authorisation.not-yet-valid": {
    status: 403,
    en: "Authorisation is dated in the future",
    zh: "授权书的签发时间在未来",
  },
  "authorisation.expired": { status: 403, en: "Authorisation has expired", zh: "授权已过期" },
  "authorisation.for-another-subject": {
    status: 403,
    en: "Authorisation is another subject's, or its key does not open it",
    zh: "授权书不是该主体的，或密钥与其不符",
  },
  "authorisation.for-another-member": {
    status: 403,
    en: "Authorisation was given to another member",
    zh: "授权书授予的是其他成员",
  },
  "authorisation.for-another-purpose": {
    status: 403,
    en: "Authorisation was given for another purpose",
    zh: "授权书授予的是其他用途",
  },
  "authorisation.excludes-item": {
    status: 403,
    en: "Authorisation does not cover an item",
    zh: "授权书未涵盖所查事项",
  },
  "authorisation.used-up": { status: 403, en: "Authorisation is used up", zh: "授权次数已用完" },
  "authorisation.withdrawn": { status: 403, en: "Authorisation was withdrawn", zh: "授权已撤回" },
  "authorisation.standing-unknown": {
    status: 503,
    en: "Node has not heard of late which authorisations were withdrawn",
    zh: "节点近期未能获知授权撤回情况",
  },
  "authorisation.not-found": {
    status: 404,
    en: "This member has signed no such authorisation",
    zh: "本成员未签发过该授权书",
  },

  // Proofs of an exchange (PR-AUDIT §10)
  "audit.exchange-unknown": {
    status: 404,
    en: "The log has no exchange of this id that this member may have proved",
    zh: "日志中没有可向本成员出证的该次交换",
  },
  "audit.not-covered": {
    status: 503,
    en: "No checkpoint covers the exchange yet",
    zh: "尚无检查点覆盖该次交换",
  },

  // Capacity and readiness
  "limit.rate": { status: 429, en: "Too many requests from this member", zh: "请求过于频繁" },
  "limit.book-hours": {
    status: 429,
    en: "Too many hours of this member's book were read from the log today",
    zh: "本成员当日读取的对账时段过多",
  },
  "limit.concurrency": { status: 503, en: "Too many requests in progress", zh: "并发请求过多" },
  "log.unavailable": {
    status: 503,
    en: "The audit log cannot be written; nothing was handed over",
    zh: "审计日志无法写入，未交付任何数据",
  },
  "log.full": {
    status: 507,
    en: "The audit log's disk is full; nothing was handed over",
    zh: "审计日志磁盘已满，未交付任何数据",
  },
  "log.entry-too-long": {
    status: 422,
    en: "What is asked would make an entry longer than the audit log can serve",
    zh: "所查内容过多，超出单条日志可记录的长度",
  },
  "log.export-differs": {
    status: 409,
    en: "The file does not hold what its search finds in the log",
    zh: "导出文件与检索结果不一致",
  },
  "log.search-unavailable": {
    status: 503,
    en: "The audit log cannot be searched now; the log itself goes on",
    zh: "审计日志暂不能检索，日志本身不受影响",
  },
  "log.rolled-back": {
    status: 503,
    en: "A witness has cosigned more of the audit log than it holds now: it was put back to an older state",
    zh: "见证方签署过的日志多于现存日志：日志曾被回退",
  },
  "log.forked": {
    status: 503,
    en: "A witness has cosigned another past of the audit log than it holds now",
    zh: "见证方签署过的日志与现存日志不一致：日志已分叉",
  },
  "log.damaged": {
    status: 503,
    en: "The audit log's database does not hold what was written to it; it is not written to",
    zh: "审计日志数据库已损坏，已停止写入",
  },
  "log.key-not-listed": {
    status: 503,
    en: "The log's key is not listed in the registry: no checkpoint is signed with it",
    zh: "日志密钥未列入成员清单，不签发检查点",
  },
  "witness.reply-invalid": {
    status: 502,
    en: "A witness's reply cannot be read or does not verify",
    zh: "见证方答复无法解析或验签失败",
  },
  "screening.subject-invalid": {
    status: 422,
    en: "An identifier among those to be screened is not valid; `subject` says which",
    zh: "批量筛查名单中有无效的主体标识，见 subject 序号",
  },
  "screening.must-be-sealed": {
    status: 422,
    en: "What must come sealed to the requester is answered one subject at a time, and cannot be screened",
    zh: "须加密提供的事项只能逐个查询，不能批量筛查",
  },
  "screening.quota": {
    status: 403,
    en: "This member has a quota for the purpose: it asks for one subject at a time",
    zh: "该成员对此用途有配额限制，只能逐个查询",
  },
  "screening.not-shared": {
    status: 403,
    en: "An item is not shared with this member, so that it cannot screen by it",
    zh: "该成员无权共享某事项，不能据以筛查",
  },
  "feedback.report-invalid": {
    status: 400,
    en: "Not a report as its member signs it",
    zh: "不是由该成员签署的有效奖惩反馈",
  },
  "feedback.not-given": {
    status: 422,
    en: "No lookup or screening of this member's, by that request id, was given such a record of that source",
    zh: "该请求号下，该成员的查询或筛查并未取得该来源的此记录",
  },
  "feedback.already-asked": {
    status: 409,
    en: "This member was asked to revoke the measure: it answers the notice, and reports on it no more",
    zh: "已要求撤销该措施，须答复撤销通知，不能再改报",
  },
  "feedback.answer-invalid": {
    status: 400,
    en: "Not an answer to a notice of revocation as its member signs it",
    zh: "不是由该成员签署的有效撤销答复",
  },
  "feedback.not-asked": {
    status: 404,
    en: "The city has asked this member for no such revocation, or asks for it no more",
    zh: "市级未向该成员发出此撤销通知，或该通知已不再有效",
  },
  "feedback.already-answered": {
    status: 409,
    en: "The notice was answered by a revocation, which stands",
    zh: "该通知已答复为撤销，不能改答",
  },
  "case.step-invalid": {
    status: 400,
    en: "Not a step of a case as the member that sends it signs it now",
    zh: "不是由该成员当前签署的有效案件步骤",
  },
  "case.record-unknown": {
    status: 404,
    en: "That source has told of no such record that this member might look up",
    zh: "该来源没有此记录，或该成员无权查询此记录",
  },
  "case.already-open": {
    status: 409,
    en: "This member's case of that kind about this record is still open",
    zh: "本单位就该记录提出的同类案件尚未办结",
  },
  "case.not-yours": {
    status: 404,
    en: "There is no such case in which this step is the member's to take",
    zh: "没有应由该成员办理此步骤的案件",
  },
  "case.step-not-next": {
    status: 409,
    en: "The case is not where this step would follow: another came before it, or it is not time for it",
    zh: "该步骤不能接续案件当前状态：已有其他步骤在先，或尚不到办理时间",
  },
  "case.outcome-unfit": {
    status: 422,
    en: "An objection ends corrected, withdrawn or rejected, a repair repaired or rejected",
    zh: "处理结果与案件类型不符：异议为更正、撤回或不予采纳，修复为准予修复或不予修复",
  },
  "case.not-corrected": {
    status: 409,
    en: "The record has not been corrected since the objection came: import the correction first",
    zh: "提出异议后记录尚未更正：请先导入更正后的数据",
  },
  "sync.page-invalid": {
    status: 400,
    en: "Not a page of changes as its source signs it",
    zh: "变更页格式错误或验签失败",
  },
  "sync.receipt-invalid": {
    status: 400,
    en: "Not this member's signed receipt for shared changes",
    zh: "签收回执格式错误或验签失败",
  },
  "sync.not-a-source": {
    status: 403,
    en: "This member answers for no jurisdiction, so it has nothing to share",
    zh: "该成员不归集任何辖区的数据，不能上报变更",
  },
  "sync.unavailable": {
    status: 503,
    en: "Shared records cannot be stored now; nothing was acknowledged",
    zh: "共享库暂不可用，未签收任何变更",
  },
  "sync.item-unknown": {
    status: 422,
    en: "The catalogue has no such item",
    zh: "目录中没有该类记录",
  },
  "sync.jurisdiction-foreign": {
    status: 422,
    en: "The record is of a jurisdiction that its source does not answer for",
    zh: "该记录不属于上报单位的辖区",
  },
  "sync.record-invalid": {
    status: 422,
    en: "The record does not fit its item in the catalogue",
    zh: "该记录不符合目录的字段要求",
  },
  "sync.version-not-newer": {
    status: 409,
    en: "A version as new or newer of this record was taken before",
    zh: "已签收过该记录的相同或更新版本",
  },
  "sync.record-gone": {
    status: 409,
    en: "The record was repaired or withdrawn with a version as new or newer: an older one does not bring it back",
    zh: "该记录已按相同或更新版本修复或撤回，旧版本不能使其恢复",
  },
  "book.unavailable": {
    status: 503,
    en: "This member's own book cannot be written; nothing was handed over",
    zh: "本节点交换台账无法写入，未交付任何数据",
  },
  "reconciliation.too-early": {
    status: 409,
    en: "This hour's books are not closed yet",
    zh: "该时段尚未结束，暂不能对账",
  },
  "reconciliation.statement-invalid": {
    status: 400,
    en: "Not this member's signed statement of the hour",
    zh: "对账声明无效或非本成员签署",
  },
  "reconciliation.not-covered": {
    status: 503,
    en: "The log has published no checkpoint yet that covers this hour",
    zh: "日志尚未发布涵盖该时段的检查点",
  },
  "reconciliation.inexact": {
    status: 409,
    en: "The differences named do not account for the two statements",
    zh: "所列差异与双方对账声明不符",
  },
  "key.unavailable": {
    status: 503,
    en: "The signing key cannot be reached; nothing can be signed",
    zh: "签名密钥暂不可用，无法签名",
  },
  "server.draining": {
    status: 503,
    en: "Shutting down; send to another replica or retry",
    zh: "服务正在停止，请稍后重试",
  },
  "server.starting": { status: 503, en: "Starting; not ready yet", zh: "服务正在启动" },
  "server.internal": { status: 500, en: "Internal error", zh: "内部错误" },

  // Whether a registry is the city's own, and follows from the one held (PR-REGISTRY)
  "registry.malformed": { status: 502, en: "Registry cannot be parsed", zh: "成员清单无法解析" },
  "registry.of-another-city": { status: 502, en: "Registry is another city's", zh: "成员清单属于另一城市" },
  "registry.key-unknown": {
    status: 502,
    en: "Registry is signed with a key this member does not trust",
    zh: "成员清单签名密钥不受本成员信任",
  },
  "registry.key-not-valid": {
    status: 502,
    en: "Registry is signed with a key it does not list as valid",
    zh: "成员清单签名密钥不在其有效期内",
  },
  "registry.signature-invalid": {
    status: 502,
    en: "Registry's signature does not verify",
    zh: "成员清单签名校验失败",
  },
  "registry.from-the-future": {
    status: 502,
    en: "Registry was signed in the future",
    zh: "成员清单签发时间在将来",
  },
  "registry.unsound": { status: 502, en: "Registry contradicts itself", zh: "成员清单内容自相矛盾" },
  "registry.expired": {
    status: 503,
    en: "The registry held is past its end and its grace",
    zh: "本地成员清单已超过有效期和宽限期",
  },
  "registry.rolled-back": {
    status: 502,
    en: "Registry is older than the one held",
    zh: "成员清单版本低于本地已有版本（回退）",
  },
  "registry.forked": {
    status: 502,
    en: "Registry does not follow from the one held",
    zh: "成员清单与本地已有版本不相承接（分叉）",
  },

  // Whether a member may be, or has a key that follows (PR-REGISTRY §6)
  "enrolment.malformed": { status: 422, en: "Enrolment cannot be parsed", zh: "入网申请无法解析" },
  "enrolment.signature-invalid": {
    status: 401,
    en: "Enrolment is not signed by the key it brings",
    zh: "入网申请未由其所附密钥签名",
  },
  "enrolment.for-another-city": {
    status: 422,
    en: "Enrolment is for another city",
    zh: "入网申请属于另一城市",
  },
  "enrolment.from-the-future": {
    status: 422,
    en: "Enrolment was signed in the future",
    zh: "入网申请签发时间在将来",
  },
  "enrolment.key-known": { status: 409, en: "The key is listed already", zh: "该密钥已登记" },
  "enrolment.endpoint-missing": {
    status: 422,
    en: "A member that answers must say where it is reached",
    zh: "应答成员须提供服务地址",
  },
  "enrolment.invitation-not-ours": {
    status: 403,
    en: "Invitation is not signed by this city's registry key",
    zh: "邀请不是由本市成员清单密钥签发",
  },
  "enrolment.invitation-expired": { status: 403, en: "Invitation has expired", zh: "邀请已过期" },
  "enrolment.voucher-used": {
    status: 409,
    en: "Invitation or endorsement was used for another request",
    zh: "该邀请或背书已被另一申请使用",
  },
  "enrolment.endorsement-invalid": {
    status: 403,
    en: "Endorsement is not signed by a valid key of the member",
    zh: "背书未由该成员的有效密钥签名",
  },
  "enrolment.endorsement-expired": { status: 403, en: "Endorsement has expired", zh: "背书已过期" },
  "enrolment.queue-full": {
    status: 503,
    en: "Too many enrolments wait for an operator",
    zh: "待审批的入网申请过多",
  },

  // Whether a catalogue is the city's own, and follows from the one held (PR-CATALOGUE)
  "catalogue.malformed": { status: 502, en: "Catalogue cannot be parsed", zh: "目录无法解析" },
  "catalogue.of-another-city": { status: 502, en: "Catalogue is another city's", zh: "目录属于另一城市" },
  "catalogue.key-unknown": {
    status: 502,
    en: "Catalogue is signed with a key that the registry does not list",
    zh: "目录签名密钥未列入成员清单",
  },
  "catalogue.key-not-valid": {
    status: 502,
    en: "Catalogue is signed with a key that was not valid then",
    zh: "目录签名密钥签发时不在有效期内",
  },
  "catalogue.signature-invalid": {
    status: 502,
    en: "Catalogue's signature does not verify",
    zh: "目录签名校验失败",
  },
  "catalogue.from-the-future": {
    status: 502,
    en: "Catalogue was signed in the future",
    zh: "目录签发时间在将来",
  },
  "catalogue.unsound": { status: 502, en: "Catalogue contradicts itself", zh: "目录内容自相矛盾" },
  "catalogue.rolled-back": {
    status: 502,
    en: "Catalogue is older than the one held",
    zh: "目录版本早于本地已有版本",
  },
  "catalogue.forked": {
    status: 502,
    en: "Catalogue does not follow from the one held",
    zh: "目录与本地已有版本不连续",
  },

  // What another city's gateway passes on (PR-REGISTRY §7)
  "peer.not-a-peer": {
    status: 403,
    en: "Only the gateway of an approved city passes questions on",
    zh: "仅限已对接城市的网关转送问询",
  },
  "peer.requester-not-theirs": {
    status: 403,
    en: "Requester is no member of the city that passes the question on",
    zh: "查询方不是转送城市的成员",
  },

  // What a target did (a result row's cause)
  "node.unreachable": { status: 502, en: "Node refused the connection", zh: "节点拒绝连接或不可达" },
  "node.timeout": { status: 504, en: "Node did not answer before the deadline", zh: "节点未在时限内应答" },
  "node.probing": {
    status: 504,
    en: "Node is being probed after failures and had not answered when the others had",
    zh: "节点熔断后正在探测，其他节点答复时尚未答复",
  },
  "node.circuit-open": { status: 503, en: "Circuit to the node is open", zh: "节点熔断中" },
  "node.busy": { status: 503, en: "Too many calls to the node in progress", zh: "对该节点的并发请求过多" },
  "node.status": { status: 502, en: "Node answered with an error status", zh: "节点返回错误状态" },
  "node.rejected": { status: 502, en: "Node rejected the gateway's request", zh: "节点拒绝了网关的请求" },
  "node.cancelled": { status: 499, en: "The asker went away", zh: "请求方已断开" },
  "answer.too-large": { status: 502, en: "Answer is larger than allowed", zh: "应答超过大小上限" },
  "answer.malformed": { status: 502, en: "Answer cannot be parsed", zh: "应答无法解析" },
  "answer.key-unknown": { status: 502, en: "Answer is signed with an unknown key", zh: "应答签名密钥未登记" },
  "answer.key-of-another-member": {
    status: 502,
    en: "Answer is signed by another member",
    zh: "应答由其他成员签名",
  },
  "answer.signature-invalid": {
    status: 502,
    en: "Answer's signature does not verify",
    zh: "应答签名验证失败",
  },
  "answer.for-another-request": {
    status: 502,
    en: "Answer belongs to another request",
    zh: "应答不属于本次请求",
  },
  "answer.expired": { status: 502, en: "Answer is outside its validity", zh: "应答不在有效时间内" },
  "answer.data-too-old": {
    status: 200,
    en: "Data is older than the age asked for",
    zh: "数据超过可接受的时效",
  },
  "answer.not-asked": {
    status: 502,
    en: "Answer holds more than was asked for, or another kind of answer",
    zh: "应答超出所请求的内容，或形式不符",
  },
  "answer.no-encryption-key": {
    status: 403,
    en: "Records must be sealed, and the asker has no valid encryption key",
    zh: "记录须加密，而请求方没有有效的加密密钥",
  },
  "answer.not-sealed": {
    status: 502,
    en: "Answer has records in the clear that must be sealed",
    zh: "应答含有本应加密的明文记录",
  },
  "answer.sealed-unreadable": {
    status: 502,
    en: "Sealed records cannot be opened with the asker's keys",
    zh: "请求方的密钥无法解开加密的记录",
  },

  // The agent's own side
  "local.unauthorised": {
    status: 401,
    en: "Local API token is missing or wrong",
    zh: "本地接口令牌缺失或错误",
  },
  "intake.no-jurisdiction": {
    status: 403,
    en: "This member answers for no jurisdiction: it has no records to hand over",
    zh: "本节点不应答任何辖区，没有可报送的记录",
  },
  "intake.item-unknown": {
    status: 404,
    en: "Rows are of an item that the catalogue does not have",
    zh: "所报送的事项不在目录中",
  },
  "intake.reference-reused": {
    status: 409,
    en: "The reference was already used for other rows",
    zh: "该批次编号已用于其他数据",
  },
  "gateway.unreachable": { status: 502, en: "Gateway cannot be reached", zh: "无法连接网关" },
  "gateway.timeout": { status: 504, en: "Gateway did not answer in time", zh: "网关未在时限内应答" },
  "gateway.response-invalid": {
    status: 502,
    en: "Gateway's response does not verify",
    zh: "网关响应验证失败",
  },
  "source.unavailable": { status: 503, en: "The platform's source cannot be read", zh: "无法读取平台数据源" },
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof codes;

export function isCode(value: string): value is Code {
  return Object.hasOwn(codes, value);
}
