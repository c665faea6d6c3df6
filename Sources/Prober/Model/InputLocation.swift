/// Where something a person wrote stands.
public struct InputLocation: Hashable, Sendable {
    /// The file as the user named it, `-` for standard input, or the flag or argument.
    public var source: String
    /// The line, counted from 1, when `source` has lines.
    public var line: Int?
    /// The column in characters, counted from 1, when it is known.
    public var column: Int?

    /// A place in `source`.
    public init(_ source: String, line: Int? = nil, column: Int? = nil) {
        self.source = source
        self.line = line
        self.column = column
    }

    /// The place `offset` characters further on in the same line.
    public func advanced(by offset: Int) -> InputLocation {
        InputLocation(source, line: line, column: (column ?? 1) + offset)
    }

    /// The error about what stands here.
    public func error(_ problem: String, _ remedy: String) -> InputError {
        InputError(source, line: line, column: column, problem: problem, remedy: remedy)
    }
}

extension InputLocation: CustomStringConvertible {
    /// `targets/web.yaml:7:12`.
    public var description: String {
        source + [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
    }
}
