import FoundationEssentials
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
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(text))
        } catch {
            throw JSONFault(in: text).error(source, remedy: remedy)
        }
    }

    /// The value as text of several lines, keys in alphabetical order, with a line feed at the end.
    ///
    /// A number must be finite.
    var text: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("only a number that is not finite cannot be written: \(error)")
        }
    }

    /// The value as one line of text, keys in alphabetical order, with a line feed at the end.
    ///
    /// Characters that could change a terminal, or hide or reorder text, are written as escapes.
    var line: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try encoder.encode(self)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(data.count + 1)
            for scalar in String(decoding: data, as: UTF8.self).unicodeScalars {
                if scalar.isDeceptive {
                    bytes += scalar.jsonEscape.utf8
                } else {
                    bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
                }
            }
            return bytes + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("only a number that is not finite cannot be written: \(error)")
        }
    }
}
