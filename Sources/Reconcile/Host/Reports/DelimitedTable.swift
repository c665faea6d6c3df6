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
            let cells = Self.cells(line, delimiter).map { $0.text.trimmingSpaces.lowercased() }
            let isOurs =
                format == .powerShell
                ? cells.contains("localaddress") && cells.contains("localport")
                : cells.contains("port") && cells.contains("protocol")
                    && (cells.contains("family") || cells.contains("address"))
            if isOurs {
                columnCount = cells.count
                let names =
                    format == .powerShell
                    ? PowerShellRow.Field.allCases.map { $0.rawValue.lowercased() }
                    : OsqueryRow.Column.allCases.map(\.rawValue)
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
        let cell = { [places] (place: Int) in places[place].map { cells[$0].text } }
        switch format {
        case .powerShell:
            let fields = PowerShellRow.Field.allCases
            return PowerShellRow { field in fields.firstIndex(of: field).flatMap(cell) }
                .add(line, to: &section)
        default:
            let columns = OsqueryRow.Column.allCases
            let value = { (column: OsqueryRow.Column) in
                columns.firstIndex(of: column).flatMap(cell)
            }
            guard UInt16(value(.port) ?? "") != nil, let row = OsqueryRow(value) else {
                return false
            }
            row.add(line, to: &section)
            return true
        }
    }

    /// The cells of a line without spaces around them; quotes hold delimiters, and a doubled quote
    /// is one.
    static func cells(_ line: ReportLine, _ delimiter: UInt8) -> [ArraySlice<UInt8>] {
        var bytes = line.bytes
        // A box has a delimiter at both ends.
        if delimiter == UInt8(ascii: "|"), bytes.first == delimiter {
            bytes = bytes.dropFirst()
            if let last = bytes.lastIndex(of: delimiter) { bytes = bytes[..<last] }
        }
        guard bytes.contains(UInt8(ascii: "\"")) else {
            return bytes.split(
                separator: delimiter, maxSplits: 200, omittingEmptySubsequences: false
            ).map(\.trimmed)
        }
        var cells: [ArraySlice<UInt8>] = []
        var cell: [UInt8] = []
        var isQuoted = false
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
                cells.append(cell[...].trimmed)
                cell = []
            } else {
                cell.append(byte)
            }
        }
        cells.append(cell[...].trimmed)
        return cells
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without spaces at the ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        var rest = self
        while let first = rest.first, first <= 0x20 { rest = rest.dropFirst() }
        while let last = rest.last, last <= 0x20 { rest = rest.dropLast() }
        return rest
    }
}
