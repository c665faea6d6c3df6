/// Any JSON value, for files whose every mistake is to be named.
enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// A whole number from 0 up, exact.
    case unsigned(UInt64)
    /// Every other number.
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What it is, for people: `a number`, `text`.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .unsigned, .number: "a number"
        case .text: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        // What is frequent comes first: each wrong guess costs an error.
        let container = try decoder.singleValueContainer()
        self  // What is frequent comes first: each wrong guess costs an error.
        =
            if container.decodeNil() {
                .null
            } else if let value = try? container.decode(String.self) {
                .text(value)
            } else if let value = try? container.decode([String: JSONValue].self) {
                .object(value)
            } else if let value = try? container.decode([JSONValue].self) {
                .array(value)
            } else if let value = try? container.decode(UInt64.self) {
                .unsigned(value)
            } else if let value = try? container.decode(Bool.self) {
                .boolean(value)
            } else {
                .number(try container.decode(Double.self))
            }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .unsigned(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .text(value) }

    init(integerLiteral value: UInt64) { self = .unsigned(value) }
}
