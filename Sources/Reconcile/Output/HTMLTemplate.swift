/// A page with places to fill: `{{name}}`.
struct HTMLTemplate {
    private let text: String

    /// A page of `text`.
    init(_ text: String) { self.text = text }

    /// The page with `values` in their places; a place without a value stays empty.
    ///
    /// What is filled in is not looked at again, so no value can bring places of its own.
    func filled(with values: [String: String]) -> String {
        var page = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{"),
            let end = rest[start.upperBound...].firstRange(of: "}}")
        {
            page += rest[..<start.lowerBound]
            page += values[String(rest[start.upperBound..<end.lowerBound])] ?? ""
            rest = rest[end.upperBound...]
        }
        return page + rest
    }
}

extension String {
    /// The text as HTML shows it, in an element or between quotes in a tag.
    var html: String {
        visible.replacingScalars { $0 == "'" ? "&#39;" : $0.entity }
    }
}
