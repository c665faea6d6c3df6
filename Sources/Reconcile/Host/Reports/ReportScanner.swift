import Prober

/// Reads one report of any format, chunk by chunk, in bounded memory.
struct ReportScanner {
    private var bytes = ReportBytes()
    private var mode = Mode.lines
    /// What has come of a line that has not ended.
    private var carry: [UInt8] = []
    private var isSkippingLine = false
    /// Whether the bytes are of a program or an image; nil until some were seen.
    private var isBinary: Bool?
    private var hasText = false
    private var hasXML = false
    private var lineNumber = 1
    private var isAfterReturn = false
    private var lines: ReportLines
    private var nmap = NmapReport(keepsObservations: false)

    private enum Mode {
        case lines
        case json(JSONElements)
        case xml(XMLTags)
    }

    private static let lineLimit = 1 << 20
    /// Enough to tell a document from a line.
    private static let lookahead = 64

    /// A reader of the report `origin`; of one format where the user named it.
    init(origin: String, only format: ReportFormat? = nil) {
        lines = ReportLines(origin: origin, only: format)
    }

    /// Takes the next bytes of the report.
    mutating func read(_ chunk: [UInt8]) { scan(bytes.decode(chunk), isLast: false) }

    /// What the report holds, once it has ended.
    consuming func finish() -> ReadReport {
        scan(bytes.finish(), isLast: true)
        var truncation: Int?
        if !carry.isEmpty {
            let isCut = !takeLine(carry[...]) && lines.mayBeCut(carry)
            if isCut { truncation = lineNumber }
        }
        switch mode {
        case .lines: break
        case .json(let elements): if !elements.isComplete { truncation = lineNumber }
        case .xml: if nmap.isNmap, !nmap.isClosed { truncation = lineNumber }
        }
        if nmap.isNmap {
            lines.sections.with(.nmap, hasHeading: true) { section in
                section.skip(.notOpen, count: nmap.skippedCount)
            }
        }
        lines.finish()
        var report = lines.report
        if !hasText {
            report.problem = .empty
        } else if let truncation {
            report.problem =
                report.problem.map { $0.isFatal ? $0 : .truncated(line: truncation) }
                ?? .truncated(line: truncation)
        }
        return report
    }

    private mutating func scan(_ chunk: [UInt8], isLast: Bool) {
        guard !chunk.isEmpty || isLast else { return }
        if isBinary == nil, !chunk.isEmpty { isBinary = Self.isBinary(chunk.prefix(1 << 16)) }
        guard isBinary != true else {
            hasText = true
            return
        }
        let text = carry.isEmpty ? chunk : carry + chunk
        carry = []
        var index = 0
        while index < text.count {
            switch mode {
            case .lines:
                if startsDocument(text[index...], isLast: isLast) { continue }
                guard let end = text[index...].firstIndex(where: Self.isLineEnd) else {
                    keep(text[index...])
                    return
                }
                endLine(text[index..<end], text[end])
                index = end + 1
            case .json: index = scanJSON(text, from: index)
            case .xml: index = scanXML(text, from: index)
            }
        }
    }

    /// Whether control characters that no terminal writes are more than a few in a hundred.
    private static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
        let plain: [UInt8] = [0, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]
        let count = bytes.count { $0 < 0x20 && !plain.contains($0) }
        return bytes.count >= 64 && count * 50 > bytes.count
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == 0x0a || byte == 0x0d || byte == 0 || byte == 0x0c
    }

    /// Keeps the beginning of a line until the rest comes; one that is too long is passed over.
    private mutating func keep(_ line: ArraySlice<UInt8>) {
        hasText = hasText || line.contains { $0 > 0x20 }
        if isSkippingLine || line.count > Self.lineLimit {
            isSkippingLine = true
        } else {
            carry = Array(line)
        }
    }

    private mutating func endLine(_ line: ArraySlice<UInt8>, _ end: UInt8) {
        defer { isAfterReturn = end == 0x0d }
        // A line feed behind a carriage return ends the same line.
        if end == 0x0a, isAfterReturn, line.isEmpty { return }
        if isSkippingLine {
            isSkippingLine = false
            lines.noteLongLine()
        } else {
            _ = takeLine(line)
        }
        if end != 0 { lineNumber += 1 }
    }

    /// Gives a line to the readers; false when none of them took it.
    private mutating func takeLine(_ line: ArraySlice<UInt8>) -> Bool {
        let line = ReportLine(LineCleaning.cleaned(line), number: lineNumber)
        guard line.count > 0 else { return true }
        hasText = true
        // Ansible: `web1 | SUCCESS => {`.
        if line[line.count - 1] == "{", line.count > 1, line[line.count - 2] == "=>" {
            var elements = JSONElements()
            var index = 0
            _ = elements.read([UInt8(ascii: "{")], from: &index, line: &lineNumber)
            mode = .json(elements)
            return true
        }
        return lines.read(line)
    }
}

extension ReportScanner {
    /// Whether a document begins at `rest`, which is the beginning of a line; then the mode is that
    /// document's.
    private mutating func startsDocument(_ rest: ArraySlice<UInt8>, isLast: Bool) -> Bool {
        guard !isSkippingLine, let start = rest.firstIndex(where: { $0 > 0x20 || $0 == 0x0a }),
            [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(rest[start])
        else { return false }
        let begun = rest[start...].prefix(Self.lookahead)
        if begun.count < Self.lookahead, !isLast, !begun.contains(0x0a) { return false }
        if rest[start] == UInt8(ascii: "<") {
            let text = String(decoding: begun, as: UTF8.self).lowercased()
            guard !hasXML,
                ["<?xml", "<nmaprun", "<!doctype nmaprun"].contains(where: text.hasPrefix)
            else { return false }
            hasXML = true
            mode = .xml(XMLTags())
            return true
        }
        let next = begun.dropFirst().first { $0 != 0x20 && $0 != 0x09 }
        let isJSON =
            switch next {
            case UInt8(ascii: "\""), 0x0a, 0x0d, nil: true
            case UInt8(ascii: "}"): rest[start] == UInt8(ascii: "{")
            case UInt8(ascii: "{"), UInt8(ascii: "]"): rest[start] == UInt8(ascii: "[")
            case _: false
            }
        if isJSON { mode = .json(JSONElements()) }
        return isJSON
    }

    private mutating func scanJSON(_ text: [UInt8], from start: Int) -> Int {
        guard case .json(var elements) = mode else { return start }
        mode = .lines
        hasText = true
        var index = start
        while index < text.count {
            switch elements.read(text, from: &index, line: &lineNumber) {
            case .nothing: continue
            case .value(let value, let isLast):
                lines.read(json: value, line: elements.firstLine)
                if isLast { return index }
            case .tooLong(let isLast):
                lines.noteLongLine()
                if isLast { return index }
            case .end: return index
            }
        }
        mode = .json(elements)
        return text.count
    }

    private mutating func scanXML(_ text: [UInt8], from start: Int) -> Int {
        guard case .xml(var tags) = mode else { return start }
        mode = .lines
        hasText = true
        var index = start
        while let tag = tags.read(text, from: &index, line: &lineNumber) {
            if let port = nmap.read(tag) { lines.add(port, line: lineNumber) }
            if nmap.isClosed { return index }
        }
        mode = .xml(tags)
        return text.count
    }
}
