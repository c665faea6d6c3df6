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
    /// `targets/web.yaml:7:12: unknown key "adresses"`, then the remedy on a line of its own.
    public var description: String {
        let position = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
        return "\(source)\(position): \(problem)\n  \(remedy)"
    }
}
