/**
 * Makes the bundles, unless they are there for these versions of the packages.
 * @param root the repository
 * @returns for Jest's `moduleNameMapper`
 */
export function bundlePackages(root: string): Promise<Readonly<Record<string, string>>>;
