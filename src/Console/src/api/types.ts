import type { components } from './schema';

type Schemas = components['schemas'];

export type WhoAmI = Schemas['WhoAmIBody'];
export type QueryRow = Schemas['QueryLogBody'];
export type Rule = Schemas['RuleBody'];
export type Group = Schemas['GroupBody'];
export type RuleList = Schemas['ListBody'];
export type Revision = Schemas['RevisionBody'];
export type PolicyChange = Schemas['PolicyChange'];
export type Edit = Schemas['EditBody'];
export type Grant = Schemas['GrantBody'];
export type GrantEvent = Schemas['GrantEventBody'];
export type Target = Schemas['TargetStatus'];
export type AuditEntry = Schemas['AuditEntry'];
export type Token = Schemas['Token'];
export type CreatedToken = Schemas['CreatedToken'];
export type Verdict = Schemas['VerdictBody'];
export type ImportResult = Schemas['ImportBody'];
export type RecentBlocked = Schemas['RecentBlockedBody'];
export type Simulation = Schemas['SimulationBody'];
export type Suggestions = Schemas['SuggestionsBody'];
export type ReviewedRule = Schemas['ReviewedRuleBody'];

/** Where rules are kept: a group or a list that groups share. */
export interface Holder {
  kind: 'groups' | 'lists';
  name: string;
}

/** One thing that is wrong with what a person wrote. Lines and columns count from 1; line 0 means that there is no place. */
export interface TextProblem {
  pointer: string;
  line: number;
  column: number;
  code: string;
  detail: string;
  cure: string;
}
