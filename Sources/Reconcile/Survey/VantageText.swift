import Prober

/// A vantage as it is written.
struct VantageText: Codable {
    var name: String
    var addresses: [String]

    /// The words for `vantage`.
    init(_ vantage: Vantage) {
        name = vantage.name
        addresses = vantage.addresses.map(\.description)
    }

    /// What the words mean.
    func vantage() throws(ScanLineProblem) -> Vantage {
        var found: [IPAddress] = []
        for text in addresses { found.append(try ScanLine.address(text)) }
        return Vantage(name: name, addresses: found)
    }
}
