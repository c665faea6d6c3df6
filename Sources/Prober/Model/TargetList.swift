/// Targets of a plain list, each with its place: words parted by white space, `#` comments.
public struct TargetList: Hashable, Sendable {
    /// One target of the list.
    public struct Entry: Hashable, Sendable {
        /// What it stands for.
        public var word: TargetWord
        /// Where it is written.
        public var location: InputLocation

        /// A target and its place.
        public init(_ word: TargetWord, at location: InputLocation) {
            self.word = word
            self.location = location
        }
    }

    /// The targets in the order they were written.
    public var entries: [Entry]

    /// A list of `entries`.
    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The targets in `text`, a file or what came from standard input.
    ///
    /// - Throws: ``InputError`` about `source`, with line and column.
    public init(parsing text: String, source: String) throws(InputError) {
        entries = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }
            for word in content.split(whereSeparator: \.isWhitespace) {
                let column = line.distance(from: line.startIndex, to: word.startIndex) + 1
                let location = InputLocation(source, line: index + 1, column: column)
                entries.append(
                    Entry(try TargetWord(parsing: String(word), at: location), at: location))
            }
        }
    }

    /// The addresses of every target that is no name.
    public var addresses: TargetSet {
        var ranges: [AddressRange] = []
        for entry in entries {
            switch entry.word {
            case .ranges(let found): ranges += found
            case .name: continue
            }
        }
        return TargetSet(ranges)
    }

    /// The names that are still to be resolved, in the order they were written.
    public var names: [(name: String, location: InputLocation)] {
        entries.compactMap { entry in
            switch entry.word {
            case .ranges: nil
            case .name(let name): (name, entry.location)
            }
        }
    }
}
