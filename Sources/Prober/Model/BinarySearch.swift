extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies `isPast`, or `endIndex`.
    ///
    /// Every element after one that satisfies `isPast` must satisfy it too.
    package func partitioningIndex(where isPast: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isPast(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
