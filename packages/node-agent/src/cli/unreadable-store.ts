import type { UnreadableStore } from "../store/index.ts";

const reasons: Record<UnreadableStore, string> = {
  absent: "there is no such file: the agent has not run yet · 没有该文件，前置机尚未运行",
  older: "it is of an older version: start this version's agent first · 版本较旧，请先启动本版本前置机",
  newer: "it is of a newer version than this program · 版本高于本程序",
};

export function whyUnreadable(path: string, reason: UnreadableStore): string {
  return `${path}: ${reasons[reason]}`;
}
