import Prober

/// Takes facts out of a JSON object; every mistake is named by its key.
struct JSONObjectReader {
    private let members: JSONMembers
    /// Where the object stands, `listeners[3]`; empty for the whole file.
    private let path: String
    private let source: String

    /// The object that the text of the file `source` is.
    init(parsing text: [UInt8], source: String) throws(InputError) {
        try self.init(JSONValue(parsing: text, source: source), path: "", source: source)
    }

    private init(_ value: JSONValue, path: String, source: String) throws(InputError) {
        guard case .object(let members) = value else {
            throw InputError(
                source, problem: "\(path.isEmpty ? "the file" : path) is \(value.kind)",
                remedy: "An object belongs there.")
        }
        self.members = members
        self.path = path
        self.source = source
    }

    /// The text under `key`.
    func text(_ key: String) throws(InputError) -> String {
        guard let text = try optionalText(key) else { throw missing(key) }
        return text
    }

    /// The text under `key`, nil when there is none.
    func optionalText(_ key: String) throws(InputError) -> String? {
        switch members[key] {
        case nil, .null: nil
        case .text(let text): text
        case let value?: throw error(key, "is \(value.kind)", "Text belongs there.")
        }
    }

    /// The whole number under `key`, nil when there is none.
    func optionalNumber<Number: FixedWidthInteger>(
        _ key: String, _ range: ClosedRange<Number>
    ) throws(InputError) -> Number? {
        let remedy = "A whole number from \(range.lowerBound) to \(range.upperBound) belongs there."
        switch members[key] {
        case nil, .null: return nil
        case .unsigned(let value):
            guard let number = Number(exactly: value), range.contains(number) else {
                throw error(key, "is \(value)", remedy)
            }
            return number
        case .number(let value): throw error(key, "is \(value)", remedy)
        case let value?: throw error(key, "is \(value.kind)", remedy)
        }
    }

    /// The whole number under `key`.
    func number<Number: FixedWidthInteger>(
        _ key: String, _ range: ClosedRange<Number>
    ) throws(InputError) -> Number {
        guard let number = try optionalNumber(key, range) else { throw missing(key) }
        return number
    }

    /// The one of several words that stands under `key`.
    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Word.Type = Word.self
    ) throws(InputError) -> Word {
        let text = try text(key)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw error(key, "is \"\(text)\"", "One of \(words) belongs there.")
        }
        return word
    }

    /// The address under `key`.
    func address(_ key: String) throws(InputError) -> IPAddress {
        let text = try text(key)
        guard let address = IPAddress(text) else {
            throw error(
                key, "is \"\(text)\"", "An IPv4 or IPv6 address belongs there, without a zone.")
        }
        return address
    }

    /// The object under `key`, nil when there is none.
    func optionalObject(_ key: String) throws(InputError) -> JSONObjectReader? {
        guard let value = members[key], value != .null else { return nil }
        return try JSONObjectReader(value, path: place(key), source: source)
    }

    /// What `read` makes of every object in the list under `key`.
    func list<Element>(
        _ key: String, _ read: (JSONObjectReader) throws(InputError) -> Element
    ) throws(InputError) -> [Element] {
        guard let value = members[key] else { throw missing(key) }
        guard case .array(let values) = value else {
            throw error(key, "is \(value.kind)", "A list belongs there.")
        }
        var elements: [Element] = []
        for (index, value) in values.enumerated() {
            let path = "\(place(key))[\(index)]"
            elements.append(try read(JSONObjectReader(value, path: path, source: source)))
        }
        return elements
    }

    /// The same, and no elements when there is no list under `key`.
    func optionalList<Element>(
        _ key: String, _ read: (JSONObjectReader) throws(InputError) -> Element
    ) throws(InputError) -> [Element] {
        switch members[key] {
        case nil, .null: []
        case _?: try list(key, read)
        }
    }

    /// The texts in the list under `key`; none when there is no list.
    func optionalTexts(_ key: String) throws(InputError) -> [String] {
        guard let value = members[key], value != .null else { return [] }
        guard case .array(let values) = value else {
            throw error(key, "is \(value.kind)", "A list belongs there.")
        }
        var texts: [String] = []
        for value in values {
            guard case .text(let text) = value else {
                throw error(key, "has \(value.kind) in it", "Text belongs there.")
            }
            texts.append(text)
        }
        return texts
    }

    /// Whether there is something under `key`.
    func has(_ key: String) -> Bool { members[key].map { $0 != .null } ?? false }

    /// Whether `true` stands under `key`.
    func isTrue(_ key: String) -> Bool { members[key] == .boolean(true) }

    /// The one of several words that stands under `key`, nil when there is none.
    func optionalWord<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Word.Type = Word.self
    ) throws(InputError) -> Word? {
        has(key) ? try word(key) : nil
    }

    /// The numbers by name in the object under `key`; none when there is no object.
    func optionalCounts(_ key: String) throws(InputError) -> [String: UInt64] {
        guard let value = members[key], value != .null else { return [:] }
        guard case .object(let values) = value else {
            throw error(key, "is \(value.kind)", "An object belongs there.")
        }
        var counts: [String: UInt64] = [:]
        for (name, value) in values {
            guard case .unsigned(let count) = value else {
                throw error("\(key).\(name)", "is \(value.kind)", "A number belongs there.")
            }
            counts[name] = count
        }
        return counts
    }

    /// An error that says what the value under `key` is, and what would be right.
    func error(_ key: String, _ what: String, _ remedy: String) -> InputError {
        InputError(source, problem: "\(place(key)) \(what)", remedy: remedy)
    }

    private func missing(_ key: String) -> InputError {
        error(key, "is missing", "The file must have it, or it is not what it is taken for.")
    }

    private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
