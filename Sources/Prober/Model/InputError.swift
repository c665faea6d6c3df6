/// What is wrong with something a person wrote, where it stands, and what would be right.
public struct InputError: Error, Hashable, Sendable {
    /// The file as the user named it, `-` for standard input, or the flag or argument.
    public var source: String
    /// The line, counted from 1, when `source` has lines.
    public var line: Int?
    /// The column in characters, counted from 1, when it is known.
    public var column: Int?
    /// What was found, as a sentence without a full stop.
    public var problem: String
    /// What to write or do instead, as a full sentence.
    public var remedy: String

    /// An error about `source`.
    public init(
        _ source: String, line: Int? = nil, column: Int? = nil, problem: String, remedy: String
    ) {
        self.source = source
        self.line = line
        self.column = column
        self.problem = problem
        self.remedy = remedy
    }
}

extension InputError: CustomStringConvertible {
    /// `targets/web.yaml:7:12: unknown key "adresses". Write "addresses".` on one line.
    ///
    /// A flag or argument has no lines: `--ports, column 4: …`.
    public var description: String {
        let place =
            switch (line, column) {
            case (let line?, let column?): "\(source):\(line):\(column)"
            case (let line?, nil): "\(source):\(line)"
            case (nil, let column?): "\(source), column \(column)"
            case (nil, nil): source
            }
        return "\(place): \(problem). \(remedy)"
    }
}
