/** One field as it was when somebody began to edit, as another has made it since, and as it is wanted. */
export interface Versions {
  key: string;
  label: string;
  base: string;
  theirs: string;
  mine: string;
}

/** Did both change it, and not to the same? */
export function collides({ base, theirs, mine }: Versions): boolean {
  return theirs !== base && mine !== base && theirs !== mine;
}

/** Those that are not the same in both versions. */
export function differing(fields: Versions[]): Versions[] {
  return fields.filter(one => one.theirs !== one.mine);
}
