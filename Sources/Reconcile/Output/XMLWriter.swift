/// XML 1.0 that is written element by element, indented.
struct XMLWriter {
    private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    private var depth = 0

    /// The beginning of a document, whose outermost element is `doctype` where that is said.
    init(doctype: StaticString? = nil) {
        if let doctype { bytes += "<!DOCTYPE \(doctype)>\n".utf8 }
    }

    /// Takes what was written so far; what follows is to be added to it.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Begins an element, which ``close(_:)`` ends.
    mutating func open(_ name: StaticString, _ attributes: [(StaticString, String)] = []) {
        begin(name, attributes)
        bytes += ">\n".utf8
        depth += 1
    }

    /// Ends the element that was begun last.
    mutating func close(_ name: StaticString) {
        depth -= 1
        indent()
        bytes += "</\(name)>\n".utf8
    }

    /// Adds an element with what `content` writes in it.
    mutating func element(
        _ name: StaticString, _ attributes: [(StaticString, String)] = [],
        _ content: (inout XMLWriter) -> Void
    ) {
        open(name, attributes)
        content(&self)
        close(name)
    }

    /// Adds an element that holds `text`, or none when it is empty.
    mutating func element(
        _ name: StaticString, _ attributes: [(StaticString, String)] = [], text: String = ""
    ) {
        begin(name, attributes)
        bytes += text.isEmpty ? "/>\n".utf8 : ">\(Self.escaped(text))</\(name)>\n".utf8
    }

    private mutating func begin(_ name: StaticString, _ attributes: [(StaticString, String)]) {
        indent()
        bytes += "<\(name)".utf8
        for (key, value) in attributes { bytes += " \(key)=\"\(Self.escaped(value))\"".utf8 }
    }

    private mutating func indent() {
        bytes += repeatElement(UInt8(ascii: " "), count: depth * 2)
    }

    /// `text` as it stands in an element or an attribute; its lines stay lines.
    ///
    /// What XML cannot hold is spelled.
    static func escaped(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            line in
            String(line).visible.replacingScalars(\.entity)
        }.joined(separator: "\n")
    }

    /// Whether a byte stands for itself: letters, digits and what parts numbers and addresses.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "-")...UInt8(ascii: ":"):
            true
        case _: false
        }
    }
}
