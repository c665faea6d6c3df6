/// Tables whose cells are parted by a character: CSV of PowerShell and osquery, and the box that
/// osquery draws.
struct DelimitedTable: TableReader {
    let format: ReportFormat
    private var columns: [String] = []
    private var delimiter = UInt8(ascii: ",")

    /// A reader of tables of PowerShell or of osquery.
    init(_ format: ReportFormat) { self.format = format }

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        for delimiter in [UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ";"), 0x09] {
            guard line.bytes.contains(delimiter) else { continue }
            let cells = Self.cells(line, delimiter).map { $0.lowercased() }
            let isOurs =
                format == .powerShell
                ? cells.contains("localaddress") && cells.contains("localport")
                : cells.contains("port") && cells.contains("protocol")
                    && (cells.contains("family") || cells.contains("address"))
            if isOurs {
                columns = cells
                self.delimiter = delimiter
                return true
            }
        }
        return false
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard !columns.isEmpty else { return false }
        if line[0].hasPrefix("+-") || line[0].hasPrefix("#TYPE") { return true }
        guard line.bytes.contains(delimiter) else { return false }
        let cells = Self.cells(line, delimiter)
        guard cells.count == columns.count else { return false }
        let fields = Dictionary(zip(columns, cells)) { first, _ in first }
        switch format {
        case .powerShell: return PowerShellRow(fields).add(line, to: &section)
        default:
            guard UInt16(fields["port"] ?? "") != nil, let row = OsqueryRow(fields) else {
                return false
            }
            row.add(line, to: &section)
            return true
        }
    }

    /// The cells of a line; quotes hold delimiters, and a doubled quote is one.
    static func cells(_ line: ReportLine, _ delimiter: UInt8) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var bytes = line.bytes
        // A box has a delimiter at both ends.
        if delimiter == UInt8(ascii: "|"), bytes.first == delimiter {
            bytes = bytes.dropFirst()
            if let last = bytes.lastIndex(of: delimiter) { bytes = bytes[..<last] }
        }
        var index = bytes.startIndex
        while index < bytes.endIndex, cells.count < 200 {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                if isQuoted, index < bytes.endIndex, bytes[index] == byte {
                    cell.append(byte)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if byte == delimiter, !isQuoted {
                cells.append(cell[...].text.trimmingSpaces)
                cell = []
            } else {
                cell.append(byte)
            }
        }
        cells.append(cell[...].text.trimmingSpaces)
        return cells
    }
}
