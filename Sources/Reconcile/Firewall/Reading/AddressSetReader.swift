import Prober

/// Reads what `ipset save` prints.
enum AddressSetReader {
    /// The sets in `text`, by name.
    ///
    /// - Throws: ``InputError`` about `source`, with the line that is wrong.
    static func read(_ text: String, source: String) throws(InputError) -> [String: NamedSet] {
        var sets: [String: Draft] = [:]
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let words = line.split(separator: " ").map(String.init)
            guard let verb = words.first, !verb.hasPrefix("#") else { continue }
            guard words.count >= 3, verb == "create" || verb == "add" else {
                throw InputError(
                    source, line: index + 1,
                    problem: "\"\(String(line).shortened)\" is neither create nor add",
                    remedy: "Give the output of `ipset save`.")
            }
            if verb == "create" {
                sets[words[1]] = Draft(set: created(words), isList: words[2] == "list:set")
                continue
            }
            guard var entry = sets[words[1]] else {
                throw InputError(
                    source, line: index + 1,
                    problem: "the set \"\(words[1].shortened)\" was not created before",
                    remedy: "Give the whole output of `ipset save`.")
            }
            sets[words[1]] = nil
            if entry.isList {
                entry.set.members.append(words[2])
            } else if let fields = fields(words[2], of: entry.set) {
                if words.contains("nomatch") {
                    entry.exceptions.append(fields)
                } else {
                    entry.values.append(fields)
                }
            } else {
                entry.set.isReadable = false
            }
            sets[words[1]] = entry
        }
        return sets.mapValues { entry in
            var set = entry.set
            set.values = ValueSet(entry.values)
            set.exceptions = ValueSet(entry.exceptions)
            return set
        }
    }

    /// A set whose elements are still being read.
    private struct Draft {
        var set: NamedSet
        /// Whether it is a set of sets.
        var isList: Bool
        var values: [[Pattern]] = []
        var exceptions: [[Pattern]] = []
    }

    private static func created(_ words: [String]) -> NamedSet {
        var set = NamedSet(values: ValueSet([[Pattern]]()))
        set.family = .ipv4
        if let position = words.firstIndex(of: "family"), position + 1 < words.count {
            set.family = words[position + 1] == "inet6" ? .ipv6 : .ipv4
        }
        let kind = words[2].split(separator: ":")
        let known: [Substring: AddressSetField] = [
            "ip": .address, "net": .address, "port": .port, "iface": .interface,
        ]
        let names = kind.count == 2 ? kind[1].split(separator: ",") : []
        set.fields = names.compactMap { known[$0] }
        set.isReadable =
            words[2] == "list:set"
            || ["hash", "bitmap"].contains(kind.first ?? "") && !names.isEmpty
                && set.fields.count == names.count
                && Set(words).isDisjoint(with: ["markmask", "netmask", "bitmask"])
        if set.fields == [.port] { set.family = nil }
        return set
    }

    /// The fields of an element.
    private static func fields(_ text: String, of set: NamedSet) -> [Pattern]? {
        let parts = text.split(separator: ",").map(String.init)
        guard parts.count == set.fields.count, set.isReadable else { return nil }
        var fields: [Pattern] = []
        for (part, field) in zip(parts, set.fields) {
            switch field {
            case .address:
                guard let pattern = address(part, set.family ?? .ipv4) else { return nil }
                fields.append(pattern)
            case .port:
                guard let pattern = port(part) else { return nil }
                fields.append(pattern)
            case .interface:
                // A port of a bridge, which is not followed.
                if part.hasPrefix("physdev:") { return nil }
                fields.append(.name(part))
            }
        }
        return fields
    }

    private static func address(_ text: String, _ family: IPFamily) -> Pattern? {
        if let block = IPTablesOptions.block(text, family) { return .range(block) }
        let ends = text.split(separator: "-").compactMap { IPAddress($0) }
        guard ends.count == 2, let range = AddressRange(ends[0], through: ends[1]),
            range.family == family
        else { return nil }
        return .range(range.first.number...range.last.number)
    }

    /// A port with its transport in the bits above: `tcp:80`, `udp:5-7`, `80` for any.
    private static func port(_ text: String) -> Pattern? {
        let parts = text.split(separator: ":")
        guard let last = parts.last, parts.count <= 2 else { return nil }
        let ends = last.split(separator: "-").compactMap { UInt16($0) }
        guard let lower = ends.first, let upper = ends.last, ends.count <= 2, lower <= upper
        else { return nil }
        guard parts.count == 2 else { return .range(UInt128(lower)...UInt128(upper)) }
        guard let transport = RuleSymbols.protocols[String(parts[0])] else { return nil }
        let base = transport << 16
        return .range((base | UInt128(lower))...(base | UInt128(upper)))
    }
}
