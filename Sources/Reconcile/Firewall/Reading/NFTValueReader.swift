import Prober

/// Reads the values of `nft -j` that a key is compared with.
enum NFTValueReader {
    /// The values of a set's elements, or of one expression.
    static func set(_ elements: [JSONValue], for key: Key) -> ValueSet {
        ValueSet(elements.map { fields($0, of: key.selectors) })
    }

    /// The fields of one element of a set.
    static func fields(_ element: JSONValue, of selectors: [Selector]) -> [Pattern] {
        let value = bare(element)
        if value == .text("*") && !(selectors.count == 1 && selectors[0].isInterface) {
            return [.any]
        }
        if let (kind, parts) = value.single, kind == "concat" {
            guard case .array(let parts) = parts, parts.count == selectors.count else {
                return selectors.map { _ in .opaque(NFTText.expression(value)) }
            }
            return zip(parts, selectors).map { pattern($0, of: $1) }
        }
        guard selectors.count == 1 else {
            return selectors.map { _ in .opaque(NFTText.expression(value)) }
        }
        return [pattern(value, of: selectors[0])]
    }

    /// An element without what is only noted about it: timeout, comment, counter.
    static func bare(_ element: JSONValue) -> JSONValue {
        if let (kind, inner) = element.single, kind == "elem", let value = inner["val"] {
            return value
        }
        return element
    }

    /// What one value of `selector` stands for.
    static func pattern(_ value: JSONValue, of selector: Selector) -> Pattern {
        let value = bare(value)
        if selector.isInterface { return interface(value) }
        if let number = number(value, of: selector) { return .number(number) }
        if let (kind, inner) = value.single {
            switch kind {
            case "prefix":
                if let range = prefix(inner, of: selector) { return .range(range) }
            case "range":
                if case .array(let ends) = inner, ends.count == 2,
                    let lower = number(ends[0], of: selector),
                    let upper = number(ends[1], of: selector), lower <= upper
                {
                    return .range(lower...upper)
                }
            default: break
            }
        }
        return .opaque(NFTText.expression(value))
    }

    private static func interface(_ value: JSONValue) -> Pattern {
        guard case .text(let name) = value else { return .opaque(NFTText.expression(value)) }
        if name.hasSuffix("\\*") { return .name(name.dropLast(2) + "*") }
        return name.hasSuffix("*") ? .namePrefix(String(name.dropLast())) : .name(name)
    }

    private static func prefix(
        _ value: JSONValue, of selector: Selector
    ) -> ClosedRange<UInt128>? {
        guard let length = value["len"]?.integer, let address = value["addr"],
            let number = number(address, of: selector)
        else { return nil }
        let width: Int
        if let family = selector.addressFamily {
            width = family.bitCount
        } else {
            switch selector {
            case .port, .connectionPort: width = 16
            case .mark: width = 32
            default: return nil
            }
        }
        guard (0...width).contains(length) else { return nil }
        let low: UInt128 =
            length == width ? 0 : (width == 128 ? .max : 1 << UInt128(width) - 1) >> UInt128(length)
        return (number & ~low)...(number | low)
    }

    /// The number that `value` is for `selector`, names and sums of flags included.
    static func number(_ value: JSONValue, of selector: Selector) -> UInt128? {
        switch value {
        case .unsigned(let number): return selector.isAddress ? nil : UInt128(number)
        case .boolean(let isSet): return isSet ? 1 : 0
        case .text(let text): return number(text, of: selector)
        case .array(let parts):
            guard selector.hasFlags, !parts.isEmpty else { return nil }
            return sum(parts, of: selector)
        case .object:
            guard let (kind, inner) = value.single, kind == "|", case .array(let parts) = inner
            else { return nil }
            return sum(parts, of: selector)
        case .null, .number: return nil
        }
    }

    private static func sum(_ parts: [JSONValue], of selector: Selector) -> UInt128? {
        var sum: UInt128 = 0
        for part in parts {
            guard let number = number(part, of: selector) else { return nil }
            sum |= number
        }
        return sum
    }

    private static func number(_ text: String, of selector: Selector) -> UInt128? {
        if let family = selector.addressFamily {
            guard let address = IPAddress(text), address.family == family else { return nil }
            return address.number
        }
        if let number = selector.symbols[text.lowercased()] { return number }
        if text.hasPrefix("0x") { return UInt128(text.dropFirst(2), radix: 16) }
        return UInt128(text)
    }
}
