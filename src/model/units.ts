/** Sizes in bytes. A page is 4 KiB everywhere on this site, as in every recording it is held against. */
export const PAGE = 4096;
export const KiB = 1024;
export const MiB = 1024 * 1024;
export const GiB = 1024 * 1024 * 1024;
