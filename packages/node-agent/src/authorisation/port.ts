/** An authorisation that this member has signed, as it must be kept to withdraw it and to show what it rests on. */
export interface KeptAuthorisation {
  readonly id: string;
  /** It names nobody. */
  readonly token: string;
  /** Opens the token's commitment to the number of the paper or the session. */
  readonly proofKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What this member has signed; of no subject is anything kept that could find one. */
export interface AuthorisationBook {
  keep(authorisation: KeptAuthorisation): void;
  signed(id: string): KeptAuthorisation | undefined;
}
