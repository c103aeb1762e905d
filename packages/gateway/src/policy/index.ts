import { federationRules, type Rule } from "@xinqiao/protocol/policy";

/** What the gateway decides by. The federation's rules are its own: it adds none. */
export const gatewayRules: readonly Rule[] = federationRules;
