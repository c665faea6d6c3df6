/// A queue of slots, linked through the slots themselves, so that any of them can leave it at once.
///
/// Attempts that may wait equally long stand in the order in which they were sent, so the front is
/// always the next to run out of time: no heap, no timer.
struct ProbeList {
    private var first: Int32 = -1
    private var last: Int32 = -1
    /// How many slots are in the list.
    private(set) var count = 0

    /// Whether the list holds no slot.
    var isEmpty: Bool { first < 0 }

    /// The slot at the front; nil when the list is empty.
    var front: Int32? { first < 0 ? nil : first }

    /// Puts `index` at the end.
    ///
    /// It must be in no list.
    mutating func append(_ index: Int32, in table: inout ProbeTable) {
        table[index].next = -1
        table[index].previous = last
        if last < 0 { first = index } else { table[last].next = index }
        last = index
        count += 1
    }

    /// Takes `index` out of the list, in which it must be.
    mutating func remove(_ index: Int32, in table: inout ProbeTable) {
        let (previous, next) = (table[index].previous, table[index].next)
        if previous < 0 { first = next } else { table[previous].next = next }
        if next < 0 { last = previous } else { table[next].previous = previous }
        count -= 1
    }

    /// Takes the slot at the front.
    ///
    /// The list must not be empty.
    mutating func popFirst(in table: inout ProbeTable) -> Int32 {
        let index = first
        remove(index, in: &table)
        return index
    }
}
