/**
 * What an application keeps beside its server or its clients. V8 marks no heap of less than 8 MiB, and marks a larger one for every 32 MiB of
 * messages that lie beside it: a bare server is on one side or the other by chance, an application is above. Why:
 * docs/decisions/bench-heap.md.
 */

/** 14 MB of heap on Node 20. */
const RECORDS = 100_000

const records: object[] = []

/** Fills the heap with small objects that live as long as the process. */
export function fillHeap(): void {
  for (let id = 0; id < RECORDS; id++) records.push({ id, name: `record ${id}`, related: [id + 1, id + 2] })
}
