/// Writes what `nft -j` says as its administrator would have written it.
enum NFTText {
    /// The text of an expression.
    static func expression(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let isSet): isSet ? "exists" : "missing"
        case .unsigned(let number): "\(number)"
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .text(let text): text
        case .array(let parts): parts.map(expression).joined(separator: ",")
        case .object(let members):
            if members.count == 1, let (kind, inner) = members.first {
                object(kind, inner)
            } else {
                "{ "
                    + members.map { "\($0.key) \(expression($0.value))" }.joined(separator: " ")
                    + " }"
            }
        }
    }

    private static func object(_ kind: String, _ inner: JSONValue) -> String {
        switch kind {
        case "payload":
            if let name = inner["protocol"]?.string, let field = inner["field"]?.string {
                return "\(name) \(field)"
            }
            return "@\(text(inner["base"])),\(text(inner["offset"])),\(text(inner["len"]))"
        case "meta":
            let key = text(inner["key"])
            return ["iif", "oif", "iifname", "oifname"].contains(key) ? key : "meta \(key)"
        case "ct":
            return (["ct", inner["dir"]?.string, text(inner["key"])] as [String?])
                .compactMap { $0 }.joined(separator: " ")
        case "fib":
            let flags = (inner["flags"]?.strings ?? []).joined(separator: " . ")
            return "fib \(flags) \(text(inner["result"]))"
        case "concat": return joined(inner, " . ")
        case "set": return "{ \(joined(inner, ", ")) }"
        case "prefix": return "\(text(inner["addr"]))/\(text(inner["len"]))"
        case "range": return joined(inner, "-")
        case "elem": return text(inner["val"])
        case "map": return "\(text(inner["key"])) map \(map(inner["data"]))"
        case "&", "|", "^", "<<", ">>": return joined(inner, " \(kind) ")
        default: return "\(kind) \(expression(inner))"
        }
    }

    private static func joined(_ value: JSONValue, _ separator: String) -> String {
        guard case .array(let parts) = value else { return expression(value) }
        return parts.map(expression).joined(separator: separator)
    }

    private static func text(_ value: JSONValue?) -> String { value.map(expression) ?? "" }

    /// The elements of a map, or its name.
    private static func map(_ value: JSONValue?) -> String {
        guard let value else { return "" }
        guard let (kind, inner) = value.single, kind == "set", case .array(let elements) = inner
        else { return expression(value) }
        let entries = elements.map { element -> String in
            guard case .array(let pair) = element, pair.count == 2 else {
                return expression(element)
            }
            return "\(expression(pair[0])) : \(statement(pair[1], isVerdict: true))"
        }
        return "{ \(entries.joined(separator: ", ")) }"
    }

    /// The text of a rule's statement.
    static func statement(_ value: JSONValue, isVerdict: Bool = false) -> String {
        guard let (kind, inner) = value.single else {
            return expression(value).replacing("\n", with: " ").replacing("\t", with: "")
        }
        switch kind {
        case "match":
            let operation = text(inner["op"])
            let shown = ["==", "in"].contains(operation) ? "" : "\(operation) "
            return "\(text(inner["left"])) \(shown)\(text(inner["right"]))"
        case "accept", "drop", "return", "continue", "notrack": return kind
        case "jump", "goto": return "\(kind) \(text(inner["target"]))"
        case "vmap": return "\(text(inner["key"])) vmap \(map(inner["data"]))"
        case "counter": return kind
        case "log":
            return inner["prefix"]?.string.map { "log prefix \"\($0)\"" } ?? "log"
        case "limit":
            guard let rate = inner["rate"] else { return "limit name \(expression(inner))" }
            let over = inner["inv"] == .boolean(true) ? "over " : ""
            return "limit rate \(over)\(expression(rate))/\(text(inner["per"]))"
        case "reject":
            guard let type = inner["type"]?.string else { return "reject" }
            return type == "tcp reset"
                ? "reject with tcp reset" : "reject with \(type) \(text(inner["expr"]))"
        case "dnat", "snat", "redirect", "masquerade": return translation(kind, inner)
        case "mangle": return "\(text(inner["key"])) set \(text(inner["value"]))"
        case "set":
            return "\(text(inner["op"])) \(text(inner["set"])) { \(text(inner["elem"])) }"
        case "xt": return "xt \(text(inner["type"])) \"\(text(inner["name"]))\""
        default: return isVerdict ? expression(value) : "\(kind) \(expression(inner))"
        }
    }

    private static func translation(_ kind: String, _ inner: JSONValue) -> String {
        var parts = [kind]
        if let family = inner["family"]?.string { parts.append(family) }
        let port = inner["port"].map { ":\(expression($0))" } ?? ""
        if let address = inner["addr"] {
            parts.append("to \(expression(address))\(port)")
        } else if !port.isEmpty {
            parts.append("to \(port)")
        }
        return parts.joined(separator: " ")
    }
}
