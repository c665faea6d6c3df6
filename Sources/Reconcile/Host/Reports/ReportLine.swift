/// A line of a report and its words.
struct ReportLine {
    /// The line without its end.
    let bytes: ArraySlice<UInt8>
    /// Counted from 1.
    let number: Int
    /// Whether there is a digit, as there is in every row about a socket.
    let hasDigit: Bool
    /// The first word, which most decisions are about.
    let first: String
    private let words: [Range<Int>]

    /// The line `bytes`, of any bytes but line ends.
    init(_ bytes: ArraySlice<UInt8>, number: Int) {
        self.bytes = bytes
        self.number = number
        var words: [Range<Int>] = []
        words.reserveCapacity(12)
        var start: Int?
        var hasDigit = false
        let span = bytes.span
        for offset in span.indices {
            let byte = span[offset]
            let index = bytes.startIndex + offset
            if byte <= 0x39, byte >= 0x30 { hasDigit = true }
            let isSpace = byte <= 0x20
            if isSpace, let first = start {
                words.append(first..<index)
                start = nil
            } else if !isSpace, start == nil {
                start = index
            }
        }
        if let start { words.append(start..<bytes.endIndex) }
        self.words = words
        self.hasDigit = hasDigit
        first = words.first.map { bytes[$0].text } ?? ""
    }

    /// The beginning of a document's value, which has no words and may go over several lines.
    init(document bytes: [UInt8], number: Int) {
        self.bytes = bytes.prefix(300)
        self.number = number
        words = self.bytes.isEmpty ? [] : [self.bytes.indices]
        hasDigit = false
        first = ""
    }

    /// A line of `text`.
    init(_ text: String, number: Int) { self.init(Array(text.utf8)[...], number: number) }

    /// The same line with bytes of its own, for keeping: others share those of a whole chunk.
    var detached: ReportLine { ReportLine(Array(bytes)[...], number: number) }

    /// How many words there are.
    var count: Int { words.count }

    /// The word at `index`; empty where there is none.
    subscript(index: Int) -> String {
        if index == 0 { return first }
        return words.indices.contains(index) ? bytes[words[index]].text : ""
    }

    /// The bytes of the word at `index`; none where there is no word.
    func bytes(of index: Int) -> ArraySlice<UInt8> {
        words.indices.contains(index) ? bytes[words[index]] : []
    }

    /// The bytes of the words from `index` on, with what stands between them.
    func bytes(from index: Int) -> ArraySlice<UInt8> {
        guard words.indices.contains(index), let last = words.last else { return [] }
        return bytes[words[index].lowerBound..<last.upperBound]
    }

    /// How many bytes the word at `index` has; none where there is no word.
    func length(of index: Int) -> Int { words.indices.contains(index) ? words[index].count : 0 }

    /// Whether the word at `index` is `text`, found without making a text of it.
    func word(_ index: Int, is text: StaticString) -> Bool {
        guard length(of: index) == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { unsafe bytes[words[index]].elementsEqual($0) }
    }

    /// The first byte of the word at `index`; zero where there is no word.
    func firstByte(of index: Int) -> UInt8 {
        words.indices.contains(index) ? bytes[words[index].lowerBound] : 0
    }

    /// Whether the word at `index` has `byte` in it.
    func word(_ index: Int, has byte: UInt8) -> Bool {
        words.indices.contains(index) && bytes[words[index]].contains(byte)
    }

    /// The words from `index` on, with what stands between them.
    func text(from index: Int) -> String { bytes(from: index).text }

    /// The words before `index`, with what stands between them.
    func text(before index: Int) -> String {
        guard let first = words.first, index > 0, let last = words.prefix(index).last else {
            return ""
        }
        return bytes[first.lowerBound..<last.upperBound].text
    }

    /// The whole line, without spaces at its ends.
    var text: String { text(from: 0) }

    /// How far into the line the word at `index` begins; where the line ends for none.
    func column(of index: Int) -> Int {
        words.indices.contains(index)
            ? words[index].lowerBound - bytes.startIndex : bytes.count
    }

    /// Whether the line has spaces before its first word.
    var isIndented: Bool { (words.first?.lowerBound ?? bytes.startIndex) > bytes.startIndex }

    /// Whether the word at `index` is decimal digits alone.
    func isNumber(_ index: Int) -> Bool {
        words.indices.contains(index)
            && bytes[words[index]].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// The number that the word at `index` is; nil when it is none.
    func number<Number: FixedWidthInteger>(_ index: Int, as type: Number.Type) -> Number? {
        bytes(of: index).number(as: type)
    }

    /// The words of the line in small letters, for headings.
    var heading: [String] { (0..<count).map { self[$0].lowercased() } }

    /// Whether the first word is a kernel address, as rows of UNIX sockets begin with.
    var beginsWithAddress: Bool {
        guard let first = words.first, first.count >= 6 else { return false }
        return bytes[first].allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
                || byte == UInt8(ascii: "x")
        }
    }

    /// The line from byte `offset` on, as a line of its own.
    func dropping(bytes offset: Int) -> ReportLine {
        ReportLine(bytes.dropFirst(offset), number: number)
    }
}
