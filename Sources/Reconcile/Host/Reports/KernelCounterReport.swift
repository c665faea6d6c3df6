/// The text of `/proc/net/snmp`, `/proc/net/snmp6` and `/proc/net/netstat`: what Linux has counted.
struct KernelCounterReport: TableReader {
    let format = ReportFormat.kernelCounters
    private var lines = KernelCounterLines()

    /// Whether `line` begins as one of names does, in which there need not be a digit.
    static func mayTake(_ line: ReportLine) -> Bool {
        line.length(of: 0) <= 9 && line.first.utf8.last == UInt8(ascii: ":")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.count == 2 || Self.mayTake(line),
            lines.read(line.text.split(whereSeparator: \.isWhitespace))
        else { return false }
        section.countRow()
        section.hasHeading = true
        // Which of two readings is the later one, files do not tell; counts only grow.
        section.counters.merge(lines.values, uniquingKeysWith: max)
        return true
    }
}
