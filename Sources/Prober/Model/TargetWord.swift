/// One target as a person writes it: addresses, or a name that is still to be resolved.
public enum TargetWord: Hashable, Sendable {
    /// The addresses it stands for, as sorted disjoint ranges.
    case ranges([AddressRange])
    /// A host name, valid in form; only a command resolves it.
    case name(String)
}

extension TargetWord {
    /// The target that `text` names.
    ///
    /// An address, a block (`203.0.113.0/24`; host bits do not matter), a range
    /// (`203.0.113.1-203.0.113.20`, `203.0.113.1-20`, `2001:db8::1-2001:db8::ff`), nmap's octet
    /// ranges and lists (`203.0.113-115.1,3,5-7`, `*`, `-5`, `250-`), or a host name. What looks
    /// like an address and is none is an error, never a name.
    ///
    /// - Throws: ``InputError``, with the column counted from that of `location`.
    public init(
        parsing text: String, at location: InputLocation = InputLocation("target")
    ) throws(InputError) {
        let location = InputLocation(
            location.source, line: location.line, column: location.column ?? 1)
        let shape = TargetText(text, location)
        try shape.refuseForeignForms()
        if text.contains(":") {
            self = .ranges([try shape.ipv6Range()])
        } else if text.contains("/") {
            self = .ranges([try shape.ipv4Block()])
        } else if text.allSatisfy({ "0123456789.,-*".contains($0) }) {
            self = .ranges(try shape.ipv4Ranges())
        } else {
            self = .name(try shape.hostName())
        }
    }
}

/// The text of one target while it is read.
struct TargetText {
    let text: String
    let location: InputLocation

    init(_ text: String, _ location: InputLocation) {
        self.text = text
        self.location = location
    }

    /// Refuses what people paste and no target can be: URLs, brackets, zones.
    func refuseForeignForms() throws(InputError) {
        guard !text.isEmpty else {
            throw location.error(
                "the target is empty", "Write an address, a block, a range or a host name.")
        }
        if let scheme = text.firstRange(of: "://") {
            let host = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
            throw location.error(
                "\"\(text)\" is a URL", "Write the host alone: \(Self.unbracketed(host)).")
        }
        if text.contains("[") || text.contains("]") {
            throw location.error(
                "\"\(text)\" has brackets",
                "Write the address alone: \(Self.unbracketed(text[...])). Ports go with --ports.")
        }
        if let zone = text.firstIndex(of: "%") {
            throw at(zone).error(
                "\"\(text[zone...])\" is a zone, and targets have none",
                "Write an address that is not link-local, without \"\(text[zone...])\".")
        }
    }

    /// The place of `index` of `text`.
    func at(_ index: String.Index) -> InputLocation {
        location.advanced(by: text.distance(from: text.startIndex, to: index))
    }

    /// The host in `[host]:port`, or `host` itself.
    private static func unbracketed(_ host: some StringProtocol) -> String {
        if let open = host.firstIndex(of: "[") {
            return String(host[host.index(after: open)...].prefix { $0 != "]" })
        }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : String(host.filter { $0 != "]" })
    }

    /// The text as a host name: labels of letters, digits, hyphens and underscores.
    ///
    /// RFC 1123, section 2.1, plus the underscore that real names have. A name whose last label is
    /// a number would be an address to the C library, in octal or hexadecimal perhaps.
    func hostName() throws(InputError) -> String {
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            let start = label.startIndex
            guard !label.isEmpty else {
                throw at(start).error(
                    "\"\(text)\" has an empty label", "Part the labels of a name by one dot.")
            }
            if let bad = label.firstIndex(where: { !Self.isNameCharacter($0) }) {
                throw at(bad).error(
                    "\"\(label[bad])\" cannot stand in a host name",
                    label[bad].isASCII
                        ? "Names have letters, digits, hyphens and underscores; write addresses"
                            + " as in 203.0.113.1, 203.0.113.0/24 or 203.0.113.1-20."
                        : "Write the name in its ASCII form, as in xn--bcher-kva.example.")
            }
            if label.hasPrefix("-") || label.hasSuffix("-") {
                throw at(start).error(
                    "the label \"\(label)\" begins or ends with a hyphen",
                    "Write the host's name as DNS has it.")
            }
            guard label.utf8.count <= 63 else {
                throw at(start).error(
                    "the label \"\(label)\" has more than 63 characters",
                    "Write the host's name as DNS has it.")
            }
        }
        guard name.utf8.count <= 253 else {
            throw location.error(
                "the name has more than 253 characters", "Write the host's name as DNS has it.")
        }
        let last = name.split(separator: ".").last ?? name
        if last.allSatisfy(\.isNumber) || last.lowercased().hasPrefix("0x") {
            throw location.error(
                "\"\(text)\" looks like an address and is none",
                "Write an IPv4 address as four decimal numbers, as in 203.0.113.1.")
        }
        return String(name)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
            || character == "-" || character == "_"
    }
}
