import Prober

/// Words of tables that lost their lines, such as a web page copied cell by cell.
///
/// Records are cut by their grammar, not by their lines.
struct CellStream {
    /// How many lines the words are from.
    private(set) var lineCount = 0
    private var words: [(text: String, line: Int)] = []

    private static let limit = 400_000

    /// Adds the words of a line that is no row.
    mutating func append(_ line: ReportLine) {
        lineCount += 1
        guard words.count < Self.limit, line.count <= 12 else { return }
        for index in 0..<line.count where line.length(of: index) <= 200 {
            words.append((line[index], line.number))
        }
    }

    /// Gives each record that the words make to `take`, as a line; counts those that it took.
    func read(_ take: (ReportLine) -> Bool) -> Int {
        var count = 0
        var index = 0
        while index < words.count {
            guard let length = netstat(at: index) ?? lsof(at: index) ?? service(at: index),
                take(line(index..<index + length))
            else {
                index += 1
                continue
            }
            count += 1
            index += length
        }
        return count
    }

    private func word(_ index: Int) -> String { index < words.count ? words[index].text : "" }

    private func isNumber(_ index: Int) -> Bool {
        let text = word(index).utf8
        return !text.isEmpty && text.allSatisfy { (0x30...0x39).contains($0) }
    }

    private func line(_ range: Range<Int>) -> ReportLine {
        ReportLine(range.map(word).joined(separator: " "), number: words[range.lowerBound].line)
    }

    /// `tcp4 0 0 *.22 *.* LISTEN`: a sixth word belongs to the record only if it is a state.
    private func netstat(at index: Int) -> Int? {
        guard NetstatProtocol(word(index))?.transport != nil, isNumber(index + 1),
            isNumber(index + 2), let separator = EndpointText.separator(in: word(index + 3)),
            EndpointText.separator(in: word(index + 4)) == separator
        else { return nil }
        return SocketState.isKnown(word(index + 5)) ? 6 : 5
    }

    /// `X 5430 root 6u IPv4 0x7 0t0 TCP *:6000 (LISTEN)`, the state glued on, apart or missing.
    private func lsof(at index: Int) -> Int? {
        guard isNumber(index + 1), ["IPv4", "IPv6", "inet"].contains(word(index + 4)),
            let node = (index + 5..<index + 8).first(where: { ["TCP", "UDP"].contains(word($0)) }),
            EndpointText.separator(in: word(node + 1)) == .colon
        else { return nil }
        let hasState = word(node + 2).hasPrefix("(") && word(node + 2).hasSuffix(")")
        return node + (hasState ? 3 : 2) - index
    }

    /// `echo 7/tcp`.
    private func service(at index: Int) -> Int? {
        let isEntry =
            ServiceEntries.port(word(index + 1)[...]) != nil
            && word(index).first?.isLetter ?? false
        return isEntry ? 2 : nil
    }
}
