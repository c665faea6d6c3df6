import BasicContainers

/// A queue of slots, linked through the slots themselves, so that any of them can leave it at once.
///
/// Attempts that may wait equally long stand in the order in which they were sent, so the front is
/// always the next to run out of time: no heap, no timer.
struct ProbeList {
    private var first: Int = -1
    private var last: Int = -1
    /// How many slots are in the list.
    private(set) var count = 0

    /// Whether the list holds no slot.
    var isEmpty: Bool { first < 0 }

    /// The slot at the front; nil when the list is empty.
    var front: Int? { first < 0 ? nil : first }

    /// Puts `index` at the end.
    ///
    /// It must be in no list.
    mutating func append(_ index: Int, in table: inout ProbeTable) {
        table.slots[index].next = -1
        table.slots[index].previous = last
        if last < 0 { first = index } else { table.slots[last].next = index }
        last = index
        count += 1
    }

    /// Takes `index` out of the list, in which it must be.
    mutating func remove(_ index: Int, in table: inout ProbeTable) {
        let (previous, next) = (table.slots[index].previous, table.slots[index].next)
        if previous < 0 { first = next } else { table.slots[previous].next = next }
        if next < 0 { last = previous } else { table.slots[next].previous = previous }
        count -= 1
    }

    /// Takes the slot at the front.
    ///
    /// The list must not be empty.
    mutating func popFirst(in table: inout ProbeTable) -> Int {
        let index = first
        remove(index, in: &table)
        return index
    }
}
