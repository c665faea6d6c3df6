import Prober

extension KernelCounters {
    var json: JSONValue {
        var members: JSONMembers = [
            "values": .object(
                JSONMembers(values.map { ($0.key.rawValue, .unsigned($0.value)) }))
        ]
        members["namespace"] = namespace.map(JSONValue.text)
        return .object(members)
    }

    /// The counts in `item`; counters of later versions are passed over.
    init(json item: JSONObjectReader) throws(InputError) {
        self.init(namespace: try item.optionalText("namespace"), [:])
        for (name, value) in try item.optionalCounts("values") {
            if let counter = KernelCounter(rawValue: name) { values[counter] = value }
        }
    }
}
