/// Tables whose cells are parted by a character: CSV of PowerShell and osquery, and the box that
/// osquery draws.
struct DelimitedTable: TableReader {
    let format: ReportFormat
    /// How many columns the heading has, and where those stand that are looked at.
    private var columnCount = 0
    private var places: [Int?] = []
    private var delimiter = UInt8(ascii: ",")

    /// A reader of tables of PowerShell or of osquery.
    init(_ format: ReportFormat) { self.format = format }

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        for delimiter in [UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ";"), 0x09] {
            guard line.bytes.contains(delimiter) else { continue }
            let cells = Self.cells(line, delimiter).map { Self.text($0).lowercased() }
            let isOurs =
                format == .powerShell
                ? cells.contains("localaddress") && cells.contains("localport")
                : cells.contains("port") && cells.contains("protocol")
                    && (cells.contains("family") || cells.contains("address"))
            if isOurs {
                columnCount = cells.count
                let names =
                    format == .powerShell
                    ? PowerShellRow.Field.allCases.map { $0.name.lowercased() }
                    : OsqueryRow.Column.allCases.map(\.name)
                places = names.map { cells.firstIndex(of: $0) }
                self.delimiter = delimiter
                return true
            }
        }
        return false
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard columnCount > 0 else { return false }
        if line.first.hasPrefix("+-") || line.first.hasPrefix("#TYPE") { return true }
        let cells = Self.cells(line, delimiter)
        guard cells.count == columnCount else { return false }
        let cell = { [places] (place: Int) in places[place].map { Self.text(cells[$0]) } }
        switch format {
        case .powerShell:
            return PowerShellRow { cell($0.rawValue) }.add(line, to: &section)
        default:
            guard UInt16(cell(OsqueryRow.Column.port.rawValue) ?? "") != nil,
                let row = OsqueryRow({ cell($0.rawValue) })
            else { return false }
            row.add(line, to: &section)
            return true
        }
    }

    /// The cells of a line as they are written; quotes hold delimiters.
    private static func cells(_ line: ReportLine, _ delimiter: UInt8) -> [ArraySlice<UInt8>] {
        var bytes = line.bytes
        // A box has a delimiter at both ends.
        if delimiter == UInt8(ascii: "|"), bytes.first == delimiter {
            bytes = bytes.dropFirst()
            if let last = bytes.lastIndex(of: delimiter) { bytes = bytes[..<last] }
        }
        var cells: [ArraySlice<UInt8>] = []
        cells.reserveCapacity(8)
        var start = bytes.startIndex
        var isQuoted = false
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if bytes[index] == delimiter, !isQuoted, cells.count < 200 {
                cells.append(bytes[start..<index])
                start = index + 1
            }
        }
        cells.append(bytes[start...])
        return cells
    }

    /// What a cell says, without spaces around it and quotes; a doubled quote is one.
    private static func text(_ cell: ArraySlice<UInt8>) -> String {
        let quote = UInt8(ascii: "\"")
        guard cell.contains(quote) else { return cell.trimmed.text }
        let inner = cell.dropFirst().dropLast()
        if cell.first == quote, cell.last == quote, !inner.contains(quote) {
            return inner.trimmed.text
        }
        var bytes: [UInt8] = []
        var isQuoted = false
        var index = cell.startIndex
        while index < cell.endIndex {
            let isQuote = cell[index] == quote
            if isQuote, isQuoted, index + 1 < cell.endIndex, cell[index + 1] == quote {
                bytes.append(quote)
                index += 1
            } else if isQuote {
                isQuoted.toggle()
            } else {
                bytes.append(cell[index])
            }
            index += 1
        }
        return bytes[...].trimmed.text
    }
}
