/** The version of package.json, kept equal by a test. */
export const version = "0.1.0";
