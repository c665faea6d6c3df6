import Prober

extension Listener {
    /// The listener as an object; facts that are not known have no key.
    func json(_ services: ServiceTable) -> JSONValue {
        var members: [String: JSONValue] = [
            "transport": .text(transport.rawValue),
            "family": .text(family.rawValue),
            "address": .text("\(address)"),
            "port": .unsigned(UInt64(port)),
            "owners": .array(owners.map(\.json)),
        ]
        members["service"] = services.name(of: port, over: transport).map(JSONValue.text)
        members["device"] = device.map(JSONValue.text)
        members["unit"] = unit.map(JSONValue.text)
        members["container"] = container.map(JSONValue.text)
        members["namespace"] = namespace.map(JSONValue.text)
        members["uid"] = userID.map { .unsigned(UInt64($0)) }
        members["inode"] = inode.map(JSONValue.unsigned)
        members["queue"] = queue.map {
            .object([
                "waiting": .unsigned(UInt64($0.waiting)), "limit": .unsigned(UInt64($0.limit)),
            ])
        }
        return .object(members)
    }

    /// The listener in `item`.
    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("transport"), try item.word("family"), try item.address("address"),
            try item.number("port", 0...UInt16.max))
        device = try item.optionalText("device")
        owners = try item.list("owners", ProcessIdentity.init(json:))
        unit = try item.optionalText("unit")
        container = try item.optionalText("container")
        namespace = try item.optionalText("namespace")
        userID = try item.optionalNumber("uid", 0...UInt32.max)
        inode = try item.optionalNumber("inode", 0...UInt64.max)
        if let queue = try item.optionalObject("queue") {
            self.queue = AcceptQueue(
                waiting: try queue.number("waiting", 0...UInt32.max),
                limit: try queue.number("limit", 0...UInt32.max))
        }
        guard (address.family == .ipv4 || address.mappedIPv4 != nil) == (family == .ipv4) else {
            throw item.error(
                "family", "is \"\(family.rawValue)\", but the address is \(address)",
                "The family is \"ipv4\" for an IPv4 or mapped address, and only for those.")
        }
    }
}

extension ProcessIdentity {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "pid": .unsigned(UInt64(clamping: pid)), "name": .text(name),
        ]
        members["user"] = user.map(JSONValue.text)
        members["command"] = command.map(JSONValue.text)
        return .object(members)
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            pid: try item.number("pid", 0...Int32.max), name: try item.text("name"),
            user: try item.optionalText("user"), command: try item.optionalText("command"))
    }
}
