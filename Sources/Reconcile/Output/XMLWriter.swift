/// XML 1.0 that is written element by element, indented.
struct XMLWriter {
    private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    private var depth = 0

    /// Adds an element with what `content` writes in it.
    mutating func element(
        _ name: StaticString, _ attributes: [(StaticString, String)] = [],
        _ content: (inout XMLWriter) -> Void
    ) {
        begin(name, attributes)
        bytes += ">\n".utf8
        depth += 1
        content(&self)
        depth -= 1
        indent()
        bytes += "</\(name)>\n".utf8
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
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line).visible.replacingScalars(\.entity)
        }.joined(separator: "\n")
    }
}
