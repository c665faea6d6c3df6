import Prober

/// Text as it can stand in a YAML file.
enum YAMLWord {
    /// `text` as a value: as it is where nothing of it could be read in another way, else in quotes.
    static func quoted(_ text: String) -> String {
        if isPlain(text) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where isShown(scalar): quoted.unicodeScalars.append(scalar)
            case _: quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    /// Whether `text` means itself where it stands without quotes: a word, a port, an IPv4 address.
    private static func isPlain(_ text: String) -> Bool {
        let meanings = ["null", "true", "false", "yes", "no", "on", "off", "rest"]
        guard !meanings.contains(text.lowercased()), let first = text.utf8.first else {
            return false
        }
        func isWordByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        return isWordByte(first)
            && text.utf8.allSatisfy { isWordByte($0) || "._-/".utf8.contains($0) }
    }

    /// `text` as a part of a comment, on one line.
    static func comment(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if isShown(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += escape(scalar)
            }
        }
        return shown
    }

    /// Whether a YAML file may have the scalar, and people see it.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e: true
        case 0xa1...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x1_0000...0x10_ffff:
            !scalar.isDeceptive
        default: false
        }
    }

    /// The scalar as YAML writes it in double quotes.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
