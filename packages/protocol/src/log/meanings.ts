import type { LogEntryKind } from "./entry.ts";

/**
 * Who an entry's `actor` is: always null for what the gateway does by itself and for what its operator does; the member
 * that sent the request otherwise, or null where nobody was authenticated.
 */
export type EntryActor = "gateway" | "operator" | "member" | "member-or-null";

export interface EntryMeaning {
  readonly actor: EntryActor;
  /** In a few characters, for a table. */
  readonly label: string;
  readonly en: string;
  readonly zh: string;
}

/** What each kind of entry says; `docs/audit-events.md` is generated from here. */
export const entryMeanings: Readonly<Record<LogEntryKind, EntryMeaning>> = {
  "gateway.started": {
    actor: "gateway",
    label: "网关启动",
    en: "The gateway started, in this version of the software",
    zh: "网关以该软件版本启动",
  },
  "gateway.stopped": {
    actor: "gateway",
    label: "网关停止",
    en: "The gateway stopped in an orderly way; a log that goes from one start to the next without it ended in a crash",
    zh: "网关正常停止；两次启动之间没有此条目，说明网关曾异常退出",
  },
  "registry.taken": {
    actor: "gateway",
    label: "启用成员清单",
    en: "From here on the gateway decides by this version of the registry",
    zh: "自此网关按该版成员清单裁定",
  },
  "catalogue.taken": {
    actor: "gateway",
    label: "启用目录",
    en: "From here on the gateway decides by this version of the catalogue",
    zh: "自此网关按该版目录裁定",
  },
  "member.changed": {
    actor: "gateway",
    label: "成员变更",
    en: "What a version of the registry changes about one member; written before that version counts",
    zh: "某版成员清单对一个成员的变更；先于该版生效写入",
  },
  "peer.taken": {
    actor: "gateway",
    label: "启用外市清单",
    en: "From here on this version of another city's registry counts, within the bounds set for that city",
    zh: "自此另一城市的该版成员清单在约定范围内有效",
  },
  "member.invited": {
    actor: "operator",
    label: "邀请入网",
    en: "An operator has invited a member to be",
    zh: "运维人员邀请一个单位入网",
  },
  "enrolment.requested": {
    actor: "member-or-null",
    label: "申请登记密钥",
    en: "Somebody asks for a key to be listed: on an invitation (nobody is authenticated yet), or on the word of a key that the member has",
    zh: "申请登记一把密钥：凭邀请（此时尚无已认证的成员），或由该成员现有密钥背书",
  },
  "enrolment.decided": {
    actor: "operator",
    label: "审批密钥登记",
    en: "An operator has approved or rejected a request; what approval changes follows as `member.changed`",
    zh: "运维人员批准或驳回申请；批准引起的变更另记为 `member.changed`",
  },
  "lookup.intent": {
    actor: "member",
    label: "获准查询",
    en: "A lookup that was allowed: what is asked, for which purpose, and of whom. Durable before anything leaves for a target",
    zh: "一次获准的查询：查什么、作何用途、向谁查。落盘之后才向目标节点发出",
  },
  "lookup.outcome": {
    actor: "member",
    label: "查询结果",
    en: "What came of a lookup, a row a jurisdiction. Durable before anything is handed back",
    zh: "一次查询的结果，每个辖区一行。落盘之后才交付结果",
  },
  "lookup.refused": {
    actor: "member",
    label: "拒绝查询",
    en: "A lookup of an authenticated member that policy or its own meaning forbids",
    zh: "已认证成员的查询，因披露规则或内容本身被拒绝",
  },
  "screening.answered": {
    actor: "member",
    label: "批量筛查",
    en: "A member has screened many subjects for one matter; written before it is told anything, and who they are is only committed to",
    zh: "成员为某一事项批量筛查主体；先于答复写入，名单只存承诺值",
  },
  "measures.reported": {
    actor: "member",
    label: "奖惩反馈",
    en: "A member has reported what it did about a record that it was given; names its signed report by hash",
    zh: "成员反馈对所取得记录采取的奖惩措施；记有其签名报告的哈希",
  },
  "measures.asked": {
    actor: "gateway",
    label: "要求撤销",
    en: "A member is asked to revoke a measure, because its record was repaired, withdrawn or ended; names notice and report by hash",
    zh: "因记录已修复、撤回或终止，要求成员撤销所采取的措施；记有通知与报告的哈希",
  },
  "measures.answered": {
    actor: "member",
    label: "答复撤销",
    en: "A member has answered that it has revoked the measure, or keeps it; names its signed answer by hash",
    zh: "成员答复已撤销措施或仍予保留；记有其签名答复的哈希",
  },
  "measures.late": {
    actor: "gateway",
    label: "撤销逾期",
    en: "The day by which a member had to answer a notice of revocation is over, and it has not",
    zh: "撤销通知答复期限已过，成员尚未答复",
  },
  "revocations.delivered": {
    actor: "member",
    label: "送达撤销通知",
    en: "A member is handed notices that ask it to revoke a measure; names them by hash, written before they leave",
    zh: "向成员送达撤销措施的通知；记有通知哈希，先于送达写入",
  },
  "changes.taken": {
    actor: "member",
    label: "签收变更",
    en: "A source has handed over a page of changes; written before it is handed on to anybody",
    zh: "来源单位上报一页变更；先于向任何成员转发写入",
  },
  "changes.delivered": {
    actor: "member",
    label: "下发变更",
    en: "A subscriber is handed pages of changes; written before they leave",
    zh: "向订阅成员下发变更页；先于下发写入",
  },
  "changes.applied": {
    actor: "member",
    label: "变更回执",
    en: "A subscriber's signed receipts for what it has applied",
    zh: "订阅成员对已入库变更的签名回执",
  },
  "correction.opened": {
    actor: "gateway",
    label: "更正受理",
    en: "A version that others hold is corrected, annotated, repaired or withdrawn; whose copies have to follow",
    zh: "已下发的记录被更正、标注、修复或撤回；列明须同步的持有方",
  },
  "correction.late": {
    actor: "gateway",
    label: "更正逾期",
    en: "The day by which a correction had to be applied is over, and these holders have not",
    zh: "更正期限已过，列明尚未同步的持有方",
  },
  "correction.completed": {
    actor: "gateway",
    label: "更正办结",
    en: "Everyone who held a version before has applied its correction; names the city's signed statement by hash",
    zh: "全部持有方均已同步该次更正；记有市级办结证明的哈希",
  },
  "subscriber.lapsed": {
    actor: "gateway",
    label: "订阅中断",
    en: "A reader has not asked for many days and is not waited for any more; it is again as soon as it asks",
    zh: "订阅成员多日未读取，更正不再等待其回执；恢复读取后重新计入",
  },
  "dead-letters.decided": {
    actor: "operator",
    label: "处置被拒变更",
    en: "An operator has asked a source to tell refused changes again, or taken them off the list; counts only",
    zh: "操作员要求来源重报被拒变更，或将其从清单移除；仅计数",
  },
  "corrections.read": {
    actor: "member",
    label: "查询更正",
    en: "A source has read how corrections of its records fare",
    zh: "来源单位查询其更正事项的办理进度",
  },
  "case.stepped": {
    actor: "member-or-null",
    label: "异议修复办理",
    en: "A step of an objection or a credit repair counts: raised, checked by the city, extended or decided; names the signed step by hash",
    zh: "异议或信用修复案件办理一步：提出、市级核查、延期或作出决定；记有签名步骤的哈希",
  },
  "case.late": {
    actor: "gateway",
    label: "异议修复逾期",
    en: "The day is over on which a case had to have its next step; names whose turn it was",
    zh: "案件办理期限已过；列明应办理的单位",
  },
  "cases.delivered": {
    actor: "member",
    label: "送达案件",
    en: "A member is handed steps of cases that it has raised, or that are about its records; written before they leave",
    zh: "向成员送达其提出的或涉及其记录的案件进展；先于送达写入",
  },
  "disputes.told": {
    actor: "member",
    label: "告知争议",
    en: "A reader is told which of the records that it may hold are in dispute; written before it is told",
    zh: "告知成员其可持有的记录中哪些存在争议；先于告知写入",
  },
  "digests.told": {
    actor: "member",
    label: "提供摘要",
    en: "A member was told digests of ranges of what the city holds and it may hold, to compare its copies",
    zh: "成员取得市级所存且其有权持有数据的分段摘要，用于核对副本",
  },
  "copies.reconciled": {
    actor: "member",
    label: "副本对账",
    en: "How a member's records, or its copies of others', compare with what the city holds; counts only",
    zh: "成员的记录或所持副本与市级所存的对账结果，仅计数",
  },
  "authorisation.withdrawn": {
    actor: "member",
    label: "撤回授权",
    en: "A subject took its authorisation back: from here on no lookup is allowed by it",
    zh: "信用主体撤回授权：自此任何查询不得再凭该授权",
  },
  "subject.erased": {
    actor: "operator",
    label: "删除主体留存",
    en: "What was kept about one subject is destroyed with its key, for a reason of the law; whom, the entry does not say, and every proof still holds",
    zh: "依法删除某一主体的全部留存并销毁其密钥；条目不载明主体，日志证明不受影响",
  },
  "evidence.expired": {
    actor: "gateway",
    label: "留存到期",
    en: "What was kept beside so many entries is deleted at the end of its time",
    zh: "留存期届满，删除相应条数日志的留存",
  },
  "books.reconciled": {
    actor: "member",
    label: "台账对账",
    en: "A member has stated an hour of its book, and it was compared with the log; both sides' signed words are kept",
    zh: "成员提交一小时台账的声明并与日志比对；双方签署的声明均已留存",
  },
  "audit.searched": {
    actor: "member",
    label: "审计检索",
    en: "An auditor searches the log, by these criteria. Durable before anything is told; a subject is only committed to",
    zh: "审计员以这些条件检索日志。落盘之后才答复；主体只留承诺",
  },
  "audit.counted": {
    actor: "member",
    label: "审计统计",
    en: "An auditor has lines of the log counted, by period and perhaps by one more thing",
    zh: "审计员对日志作分时段（及分组）统计",
  },
  "audit.reviewed": {
    actor: "member",
    label: "查看告警",
    en: "An auditor reads alerts: what was raised, or one of them with its entries",
    zh: "审计员查看告警：告警列表，或一条告警及其条目",
  },
  "audit.exported": {
    actor: "member",
    label: "审计导出",
    en: "An auditor takes lines of the log away in a file, which the gateway vouches for",
    zh: "审计员导出日志文件，网关为其出具证明",
  },
  "alert.raised": {
    actor: "gateway",
    label: "发出告警",
    en: "Use that a rule calls unusual, committed to the entries that show it; raised once",
    zh: "规则判定的异常使用，相关条目仅以承诺值记载；同一情形只告警一次",
  },
  "alert.acknowledged": {
    actor: "member",
    label: "处理告警",
    en: "An auditor has looked into an alert; what it noted stays with it",
    zh: "审计员已处理一条告警；处理意见由审计员自留",
  },
  "case.checked": {
    actor: "member",
    label: "核对案由",
    en: "An auditor asks whether the lookup `of` was made under a case's reference, which is only committed to",
    zh: "审计员核对 of 所指查询是否在某案由编号下作出；编号只留承诺",
  },
  "subject.stated": {
    actor: "member",
    label: "主体查询情况说明",
    en: "A member asks on behalf of a subject who looked it up; the subject is only committed to",
    zh: "成员代信用主体查询何人查询过该主体；主体只留承诺",
  },
  "audit.proved": {
    actor: "member-or-null",
    label: "出具证据包",
    en: "The exchange named is proved to its requester, to an auditor (without what was kept) or, with no actor, to the city's operator: written before anything is handed over",
    zh: "向查询方、审计员（不含留存内容）或本市运维（无行为人）出具该次交换的证据包：先入日志再交付",
  },
  "audit.books-read": {
    actor: "member",
    label: "查看对账结果",
    en: "An auditor reads how members' books compared with the log",
    zh: "审计员查看成员台账与日志的对账结果",
  },
  "books.opened": {
    actor: "member",
    label: "取得台账条目",
    en: "A member was given the entries of exchanges of its own, and what opens its answers in them, to check them against the tree",
    zh: "成员取得本方若干次交换的日志条目及应答承诺的开启值，用于核验",
  },
  "request.refused": {
    actor: "member-or-null",
    label: "拒绝请求",
    en: "A request that could not be authenticated or read; nothing else of it is kept",
    zh: "无法认证或无法读取的请求；其余内容一概不留",
  },
  "requests.limited": {
    actor: "member-or-null",
    label: "限流拒绝",
    en: "Refusals of one member, or of senders that nobody authenticated, over a while, counted in one entry",
    zh: "一段时间内对某一成员（或未认证发送方）的拒绝，合并计数为一条",
  },
  "exchange.interrupted": {
    actor: "member",
    label: "查询中断",
    en: "An intent whose outcome was never written, closed at the next start: what was disclosed is unknown",
    zh: "结果从未写入的查询意图，于下次启动时补记：是否已有披露不得而知",
  },
  "witness.alarm": {
    actor: "gateway",
    label: "见证告警",
    en: "A witness holds a head that the log's key has signed and this log never had; both checkpoints are kept",
    zh: "见证方持有本日志密钥所签、而本日志从未有过的检查点；两个检查点均已留存",
  },
  "breaker.changed": {
    actor: "gateway",
    label: "熔断状态变更",
    en: "The circuit breaker before a target opened, closed or let a probe through",
    zh: "某目标节点前的熔断器断开、恢复或放行探测",
  },
};
