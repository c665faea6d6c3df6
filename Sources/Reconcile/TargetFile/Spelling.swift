/// Finds the word a person probably meant.
enum Spelling {
    /// The word of `words` nearest to `text`, or nil when none is near.
    static func nearest(to text: String, in words: [String]) -> String? {
        // A long text is no slip of the pen, and the distance costs the product of the lengths.
        guard text.count <= 40 else { return nil }
        let near = words.map { (word: $0, distance: distance(Array(text.lowercased()), Array($0))) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, min(text.count, near.word.count) / 2 - 1) else {
            return nil
        }
        return near.word
    }

    /// How many letters must be changed, added, dropped or swapped with a neighbour.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1], current[column]) + 1
                best = min(best, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
