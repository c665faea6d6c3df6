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
    case object(JSONMembers)

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

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .text(value) }

    init(integerLiteral value: UInt64) { self = .unsigned(value) }
}
