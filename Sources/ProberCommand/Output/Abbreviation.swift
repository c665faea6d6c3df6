import Prober

extension PortSet {
    /// The ports as text of at most `width` characters; what does not fit is counted.
    func abbreviated(to width: Int) -> String {
        Abbreviation.join(ranges.map { PortSet([$0]).description }, by: ",", to: width)
    }
}

extension TargetSet {
    /// The addresses as text of at most `width` characters; what does not fit is counted.
    func abbreviated(to width: Int) -> String {
        Abbreviation.join(ranges.map(\.description), by: " ", to: width)
    }
}

/// Lists of ranges on one line.
enum Abbreviation {
    /// `parts` joined by `separator`, or as many as fit into `width` and the number of the rest.
    static func join(_ parts: [String], by separator: String, to width: Int) -> String {
        let whole = parts.joined(separator: separator)
        guard whole.count > width else { return whole }
        var text = ""
        var shown = 0
        for part in parts {
            let next = text.isEmpty ? part : text + separator + part
            guard next.count + " and \(parts.count - shown - 1) more".count <= width else { break }
            text = next
            shown += 1
        }
        guard shown > 0 else { return parts.count == 1 ? whole : "\(parts.count) ranges" }
        return "\(text) and \(parts.count - shown) more"
    }
}
