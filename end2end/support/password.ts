/** Everybody's. */
export const PASSWORD = "four words make sense";
