import Prober

/// The tables found in one report so far.
struct ReportSections {
    /// The file as it was named.
    let origin: String
    private(set) var all: [ReportSection] = []
    /// Host reports of our own.
    var hostReports: [HostReport] = []
    /// The open tables, which are few, by their format.
    private var open: [(format: ReportFormat, index: Int)] = []
    /// The line that is being read.
    var lineNumber = 1

    /// More tables than any text has that people read; later ones join those before.
    private static let limit = 500

    init(origin: String) { self.origin = origin }

    /// Gives the open table of `format` to `body`; makes one if there is none.
    mutating func with<Result>(
        _ format: ReportFormat, hasHeading: Bool = false,
        _ body: (inout ReportSection) -> Result
    ) -> Result {
        let index: Int
        if let known = openIndex(of: format) {
            index = known
        } else {
            index = all.count
            open.append((format, index))
            all.append(ReportSection(format, origin: origin, firstLine: lineNumber))
        }
        if hasHeading { all[index].hasHeading = true }
        return body(&all[index])
    }

    /// Adds `section`, which was filled by itself, as the open one of its format.
    mutating func open(_ section: ReportSection) {
        guard !hasOpen(section.format) else { return }
        open.append((section.format, all.count))
        all.append(section)
    }

    /// Whether there is an open table of `format`.
    func hasOpen(_ format: ReportFormat) -> Bool { openIndex(of: format) != nil }

    private func openIndex(of format: ReportFormat) -> Int? {
        open.first { $0.format == format }?.index
    }

    /// Notes that the open tables were put together from cells.
    mutating func markReassembled() {
        for (_, index) in open {
            all[index].isReassembled = true
            all[index].hasHeading = true
        }
    }

    /// Closes the open tables: what follows is of another command.
    mutating func close(_ finish: (inout ReportSection) -> Void) {
        for index in open.map(\.index).sorted() { finish(&all[index]) }
        if all.count < Self.limit { open = [] }
    }
}
