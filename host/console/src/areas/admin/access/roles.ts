/** The roles that the API knows; what each is for stands in the catalogues, what it allows the API decides. */
export const ROLES = ["admin", "manager", "marketer", "analyst", "developer", "viewer"] as const;
export const USER_STATES = ["active", "invited", "disabled"] as const;
