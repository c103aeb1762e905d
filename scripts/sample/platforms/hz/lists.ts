import type { SampleItem, SampleRecord } from "../../data/index.ts";
import { camelCase, type Naming, type PlatformTable, platformTable } from "../table.ts";

/** Huizhou's platform speaks JSON, in camel case. */
const naming: Naming = {
  roles: {
    subjectName: "subjectName",
    uscc: "creditCode",
    citizenId: "idNumber",
    registrationNumber: "registerNumber",
    documentNumber: "documentNumber",
    occurredOn: "occurDate",
    validUntil: "expireDate",
    disclosedUntil: "publishEndDate",
    removedOn: "removeDate",
    sourceUnit: "sourceUnit",
    sourceUnitCode: "sourceUnitCode",
  },
  other: camelCase,
};

/** What the platform's interface calls each kind of record. */
const dataTypes: Readonly<Record<SampleItem, string>> = {
  registration: "DJZC",
  licence: "XZXK",
  penalty: "XZCF",
  "abnormal-operation": "JYYC",
  "seriously-dishonest": "YZSX",
  "judgment-defaulter": "SXBZXR",
  "red-list": "HMD",
  commitment: "XYCN",
  "tax-credit": "NSXY",
};

export const hzList = (item: SampleItem): PlatformTable => platformTable(item, dataTypes[item], naming);

export const stateKey = "dataStatus";
export const stateValues: Readonly<Record<SampleRecord["state"], string>> = {
  current: "NORMAL",
  annotated: "OBJECTION",
  repaired: "REPAIRED",
  withdrawn: "REVOKED",
};

export const queryPath = "/openapi/v1/records/query";
export const keyHeader = "x-api-key";
export const codeTypes = { uscc: "USCC", "citizen-id": "IDCARD" } as const;
