/** What of the packages is in the bundle. */
export const BUNDLED: readonly string[];

/**
 * Makes the bundle, unless it is there for these versions of the packages. It exports a function for each name, which gives the package.
 * @param root the repository
 * @returns its path
 */
export function bundlePackages(root: string): Promise<string>;
