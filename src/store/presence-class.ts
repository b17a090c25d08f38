// The first half of the keys of the locks by which nodes show that they live; the other half is the number of the node.

/** Any fixed number. */
export const presenceClass = 7_306_813
