import Prober
import Yams

/// A value in a YAML file, with its place and the key it belongs to.
struct YAMLValue {
    private let node: Node
    private let file: YAMLText
    /// What the value is called in errors: its key in quotes, or `an item of "key"`.
    let name: String

    init(_ node: Node, of name: String, in file: YAMLText) {
        self.node = node
        self.file = file
        self.name = name
    }

    /// Where the value begins.
    var location: InputLocation { file.location(node.mark) }

    /// The place of the character at `offset` in the value's text.
    ///
    /// Where escapes or folding make that unknown it is the place of the value.
    func location(at offset: Int) -> InputLocation {
        guard case .scalar(let scalar) = node else { return location }
        let place = scalar.style == .plain ? location : location.advanced(by: 1)
        guard let line = place.line, let column = place.column,
            file.lines.indices.contains(line - 1),
            file.lines[line - 1].dropFirst(column - 1).hasPrefix(scalar.string)
        else { return location }
        return place.advanced(by: offset)
    }

    /// Whether nothing is written, or YAML's word for nothing.
    var isNothing: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The error that the value is not what its place asks for.
    func isNot(_ wanted: String, _ remedy: String) -> InputError {
        location.error("\(name) is \(kind), not \(wanted)", remedy)
    }

    /// What the value is, in words.
    private var kind: String {
        switch node {
        case .scalar(let scalar): isNothing ? "empty" : "\"\(scalar.string)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }

    /// The text of a scalar, quoted or not.
    func text(_ wanted: String, _ remedy: String) throws(InputError) -> String {
        guard case .scalar(let scalar) = node, !isNothing else { throw isNot(wanted, remedy) }
        return scalar.string
    }

    /// The text of a scalar without quotes, which alone can be a number or a word of the format.
    func plainText(_ wanted: String, _ remedy: String) throws(InputError) -> String {
        let text = try text(wanted, remedy)
        guard case .scalar(let scalar) = node, scalar.style == .plain else {
            throw location.error("\(name) is text in quotes, not \(wanted)", remedy)
        }
        return text
    }

    /// The scalar as a whole number in `bounds`.
    func integer(in bounds: ClosedRange<Int>) throws(InputError) -> Int {
        let remedy = "Write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."
        let digits = try plainText("a number", remedy)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
            bounds.contains(number)
        else { throw isNot("such a number", remedy) }
        return number
    }

    /// The items, when the value is a list; nil when it is something else.
    var listItems: [YAMLValue]? {
        guard case .sequence(let sequence) = node else { return nil }
        return sequence.map { YAMLValue($0, of: "an item of \(name)", in: file) }
    }

    /// The items of a list.
    func items(_ remedy: String) throws(InputError) -> [YAMLValue] {
        guard let items = listItems else { throw isNot("a list", remedy) }
        return items
    }

    /// The entries, when the value is a mapping; nil when it is something else.
    func mappingIfAny() throws(InputError) -> YAMLMapping? {
        guard case .mapping = node else { return nil }
        return try mapping("")
    }

    /// The entries of a mapping whose keys are all words.
    func mapping(_ remedy: String) throws(InputError) -> YAMLMapping {
        guard case .mapping(let mapping) = node else { throw isNot("a mapping", remedy) }
        var entries: [YAMLMapping.Entry] = []
        for (key, value) in mapping {
            let place = file.location(key.mark)
            guard case .scalar(let scalar) = key else {
                throw place.error("a key of \(name) is no word", "Write keys as plain words.")
            }
            let value = YAMLValue(value, of: "\"\(scalar.string)\"", in: file)
            entries.append(YAMLMapping.Entry(key: scalar.string, location: place, value: value))
        }
        return YAMLMapping(name: name, location: location, entries: entries)
    }
}

/// A mapping of a YAML file, with the places of its keys.
struct YAMLMapping {
    struct Entry {
        let key: String
        let location: InputLocation
        let value: YAMLValue
    }

    let name: String
    let location: InputLocation
    let entries: [Entry]

    /// The value of `key`, if it stands there.
    subscript(key: String) -> YAMLValue? { entry(key)?.value }

    func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// The value of `key`, which must stand there.
    func required(_ key: String, _ remedy: String) throws(InputError) -> YAMLValue {
        guard let value = self[key] else {
            throw location.error("\(name) has no \"\(key)\"", remedy)
        }
        return value
    }

    /// Refuses keys that are not in `known`, and keys without a value.
    func allow(_ known: [String]) throws(InputError) {
        for entry in entries {
            guard known.contains(entry.key) else { throw unknownKey(entry, known) }
            guard !entry.value.isNothing else {
                throw entry.location.error(
                    "\"\(entry.key)\" has no value",
                    "Write a value after \"\(entry.key):\", or delete the line.")
            }
        }
    }

    private func unknownKey(_ entry: Entry, _ known: [String]) -> InputError {
        let list = known.joined(separator: ", ")
        if entry.key == "<<" {
            return entry.location.error(
                "merge keys are not read here",
                "Write the keys out, or put what all targets share under defaults.")
        }
        let nearest = Spelling.nearest(to: entry.key, in: known)
        return entry.location.error(
            "unknown key \"\(entry.key)\"",
            (nearest.map { "Did you mean \"\($0)\"? " } ?? "") + "Keys of \(name): \(list).")
    }
}
