import Prober

extension Activation {
    var json: JSONValue {
        var members: JSONMembers = [
            "by": .text(keeper.rawValue), "service": .text(service),
        ]
        members["unit"] = unit.map(JSONValue.text)
        return .object(members)
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            by: try item.word("by"), unit: try item.optionalText("unit"),
            service: try item.text("service"))
    }
}

extension KernelHolder {
    var json: JSONValue {
        var members: JSONMembers = ["part": .text(kind.rawValue)]
        members["interface"] = interface.map(JSONValue.text)
        return .object(members)
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(try item.word("part"), interface: try item.optionalText("interface"))
    }
}
