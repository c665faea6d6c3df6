/// Reads the tables of one format, line by line.
protocol TableReader {
    /// The format that it reads.
    var format: ReportFormat { get }

    /// Whether `line` is a title or heading of this format; then the columns are remembered.
    ///
    /// `words` are the line's words in small letters.
    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool

    /// Takes `line` into `section`; false when it is no row of this format.
    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool

    /// Concludes what takes the whole table to tell; the reader is not used after that.
    mutating func finish(_ section: inout ReportSection, _ context: ReportContext)
}

extension TableReader {
    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool { false }
    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {}
}

/// What stands around a table and tells how to read it.
struct ReportContext {
    /// The file as it was named.
    let origin: String
    /// The command that made the table, where it stands before it.
    var command: ReportCommand?
    /// The name of the file that the table is from, where it is told: the file itself, or what
    /// `==> name <==` or a prefix of grep says.
    var fileName: String
}
