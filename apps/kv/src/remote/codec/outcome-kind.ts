/** The first byte of a response: what it is. A number is never given to another kind. */
export const KIND = {
  failed: 0,
  noBucket: 1,
  missing: 2,
  conflict: 3,
  created: 4,
  exists: 5,
  dropped: 6,
  stored: 7,
  deleted: 8,
  updated: 9,
  value: 10,
  key: 11,
  bucket: 12,
  keys: 13,
  buckets: 14,
  counted: 15,
} as const;
