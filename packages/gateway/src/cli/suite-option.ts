import { suiteNames } from "@xinqiao/protocol/keys";
import { Option } from "commander";

export const suiteOption = () =>
  new Option("--suite <name>", "what the key signs with · 签名算法").choices(suiteNames).default("ed25519");
