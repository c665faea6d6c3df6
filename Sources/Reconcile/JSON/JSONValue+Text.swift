import Prober

extension JSONValue {
    /// The value that `text` is.
    ///
    /// - Throws: ``InputError`` about `source`, with the place where `text` ends being JSON, and
    ///   `remedy`.
    init(
        parsing text: [UInt8], source: String,
        remedy: String = "Give a file that `prober host --format json` wrote."
    ) throws(InputError) {
        guard let value = JSONParser.value(of: text) else {
            throw JSONFault(in: text).error(source, remedy: remedy)
        }
        self = value
    }

    /// The value as text of several lines, keys in alphabetical order, with a line feed at the end.
    ///
    /// A number must be finite.
    var text: [UInt8] {
        var writer = JSONWriter(isIndented: true)
        writer.append(self)
        writer.endLine()
        return writer.bytes
    }

    /// The value as one line of text, keys in alphabetical order, with a line feed at the end.
    ///
    /// Characters that could change a terminal, or hide or reorder text, are written as escapes. A
    /// number must be finite.
    var line: [UInt8] {
        var writer = JSONWriter(isIndented: false)
        writer.append(self)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.bytes.count + 1)
        for scalar in String(decoding: writer.bytes, as: UTF8.self).unicodeScalars {
            if scalar.isDeceptive {
                bytes += scalar.jsonEscape.utf8
            } else {
                bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
            }
        }
        return bytes + [UInt8(ascii: "\n")]
    }
}
