/// A JSON object that is written key by key onto one line.
struct JSONLine {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isEmpty = true

    /// Adds a text.
    mutating func text(_ key: StaticString, _ value: String) {
        begin(key)
        append(value)
    }

    /// Adds an array of texts.
    mutating func texts(_ key: StaticString, _ values: [String]) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Adds an object of texts, in the order of their names, which may be any text.
    mutating func members(_ key: StaticString, _ members: [String: String]) {
        begin(key)
        bytes.append(UInt8(ascii: "{"))
        for (index, (name, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(name)
            bytes.append(UInt8(ascii: ":"))
            append(value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Adds a number under a key that needs no escapes.
    mutating func number(_ key: String, _ value: some BinaryInteger) {
        begin(key)
        bytes += value.description.utf8
    }

    /// Adds a number of seconds with six decimals.
    mutating func seconds(_ key: String, _ value: Duration) {
        begin(key)
        let microseconds = value.wholeMicroseconds
        let fraction = String(microseconds % 1_000_000)
        bytes += "\(microseconds / 1_000_000).".utf8
        bytes += repeatElement(UInt8(ascii: "0"), count: 6 - fraction.utf8.count)
        bytes += fraction.utf8
    }

    /// Adds a share from 0 to 1 with six decimals, never rounded up.
    mutating func share(_ key: String, _ value: Double) {
        begin(key)
        let millionths = Int64(min(max(value, 0), 1) * 1_000_000)
        let fraction = String(millionths % 1_000_000)
        bytes += "\(millionths / 1_000_000).".utf8
        bytes += repeatElement(UInt8(ascii: "0"), count: 6 - fraction.utf8.count)
        bytes += fraction.utf8
    }

    /// Adds a truth value.
    mutating func flag(_ key: String, _ value: Bool) {
        begin(key)
        bytes += (value ? "true" : "false").utf8
    }

    /// Adds an object that `write` fills.
    mutating func object(_ key: String, _ write: (inout JSONLine) -> Void) {
        begin(key)
        var inner = JSONLine()
        write(&inner)
        bytes += inner.bytes
        bytes.append(UInt8(ascii: "}"))
    }

    /// Ends the object and adds it to `output`, with a line feed.
    consuming func finish(into output: inout [UInt8]) {
        output += bytes
        output += "}\n".utf8
    }

    private mutating func begin(_ key: StaticString) { begin(key.description) }

    private mutating func begin(_ key: String) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.append(UInt8(ascii: "\""))
        bytes += key.utf8
        bytes += "\":".utf8
    }

    private mutating func append(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case _ where scalar.isDeceptive: bytes += scalar.jsonEscape.utf8
            case _ where scalar.isASCII: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case _: bytes += String(scalar).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Duration {
    /// The whole microseconds in a duration; 0 for a negative one.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? 0 : .max }
        return max(0, whole + attoseconds / 1_000_000_000_000)
    }
}
