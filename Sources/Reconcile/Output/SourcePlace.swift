/// A place in a file, read back from the text that names it.
struct SourcePlace: Hashable {
    /// The file, as the user named it.
    let path: String
    /// The line, counted from 1.
    let line: Int?
    /// The column in characters, counted from 1.
    let column: Int?

    /// The place that `text` names: `targets/web.yaml:7:12`, `web.yaml:7` or `web.yaml`.
    init(_ text: String) {
        var rest = text[...]
        var numbers: [Int] = []
        while numbers.count < 2, let colon = rest.lastIndex(of: ":"), colon > rest.startIndex,
            let number = Int(rest[rest.index(after: colon)...]), number > 0
        {
            numbers.insert(number, at: 0)
            rest = rest[..<colon]
        }
        path = String(rest)
        line = numbers.first
        column = numbers.count == 2 ? numbers[1] : nil
    }

    /// The path as a URI reference (RFC 3986): relative as it is, absolute as `file://`.
    var uri: String {
        var text = path.hasPrefix("/") ? "file://" : ""
        // A colon in the first segment of a relative reference would make a scheme of it.
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case _:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}

extension SourcePlace: Comparable {
    /// By file, line and column.
    static func < (left: SourcePlace, right: SourcePlace) -> Bool {
        (left.path, left.line ?? 0, left.column ?? 0)
            < (right.path, right.line ?? 0, right.column ?? 0)
    }
}

extension Policy.Stance {
    /// The declaration that decides; nil where there is none.
    var expectation: Expectation? {
        switch self {
        case .open(let expectation), .closed(let expectation), .undecided(let expectation):
            expectation
        case .undeclared: nil
        }
    }
}
