import Prober

extension Listener {
    /// The listener as an object; facts that are not known have no key.
    func json(_ services: ServiceTable) -> JSONValue {
        var members = details.json
        members["transport"] = .text(transport.rawValue)
        members["family"] = .text(family.rawValue)
        members["address"] = .text("\(address)")
        members["port"] = .unsigned(UInt64(port))
        members["service"] = services.name(of: port, over: transport).map(JSONValue.text)
        return .object(members)
    }

    /// The listener in `item`.
    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("transport"), try item.word("family"), try item.address("address"),
            try item.number("port", 0...UInt16.max))
        details = try SocketDetails(json: item)
        guard (address.family == .ipv4 || address.mappedIPv4 != nil) == (family == .ipv4) else {
            throw item.error(
                "family", "is \"\(family.rawValue)\", but the address is \(address)",
                "The family is \"ipv4\" for an IPv4 or mapped address, and only for those.")
        }
    }

    /// What is known of the socket besides where it listens.
    public var details: SocketDetails {
        get {
            var details = SocketDetails()
            details.device = device
            details.zone = zone
            details.owners = owners
            details.program = program
            details.activation = activation
            details.kernelHolder = kernelHolder
            details.unit = unit
            details.container = container
            details.namespace = namespace
            details.userID = userID
            details.inode = inode
            details.queue = queue
            details.buffer = buffer
            details.dropCount = dropCount
            details.remarks = remarks
            details.lines = lines
            return details
        }
        set {
            device = newValue.device
            zone = newValue.zone
            owners = newValue.owners
            program = newValue.program
            activation = newValue.activation
            kernelHolder = newValue.kernelHolder
            unit = newValue.unit
            container = newValue.container
            namespace = newValue.namespace
            userID = newValue.userID
            inode = newValue.inode
            queue = newValue.queue
            buffer = newValue.buffer
            dropCount = newValue.dropCount
            remarks = newValue.remarks
            lines = newValue.lines
        }
    }
}

extension SocketDetails {
    /// The details as members of an object; facts that are not known have no key.
    var json: JSONMembers {
        var members: JSONMembers = ["owners": .array(owners.map(\.json))]
        members["device"] = device.map(JSONValue.text)
        members["zone"] = zone.map(JSONValue.text)
        members["program"] = program.map(JSONValue.text)
        members["activation"] = activation?.json
        members["kernel"] = kernelHolder?.json
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
        members["buffer"] = buffer?.json
        members["drops"] = dropCount.map(JSONValue.unsigned)
        if !remarks.isEmpty {
            members["remarks"] = .array(remarks.map { .text($0.rawValue) })
        }
        if !lines.isEmpty { members["lines"] = .array(lines.map(\.json)) }
        return members
    }

    /// The details in `item`; remarks of later versions are passed over.
    init(json item: JSONObjectReader) throws(InputError) {
        device = try item.optionalText("device")
        zone = try item.optionalText("zone")
        owners = try item.list("owners", ProcessIdentity.init(json:))
        program = try item.optionalText("program")
        activation = try item.optionalObject("activation").map(Activation.init(json:))
        kernelHolder = try item.optionalObject("kernel").map(KernelHolder.init(json:))
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
        buffer = try item.optionalObject("buffer").map(ReceiveBuffer.init(json:))
        dropCount = try item.optionalNumber("drops", 0...UInt64.max)
        remarks = try item.optionalTexts("remarks").compactMap { Remark(rawValue: $0) }
        lines = try item.optionalList("lines", ReportedLine.init(json:))
    }
}

extension ReceiveBuffer {
    fileprivate var json: JSONValue {
        var members: JSONMembers = ["used": .unsigned(UInt64(used))]
        members["limit"] = limit.map { .unsigned(UInt64($0)) }
        return .object(members)
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            used: try item.number("used", 0...UInt32.max),
            limit: try item.optionalNumber("limit", 0...UInt32.max))
    }
}

extension ReportedLine {
    var json: JSONValue {
        .object([
            "source": .text(source), "line": .unsigned(UInt64(clamping: number)),
            "text": .text(text),
        ])
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            source: try item.text("source"), number: try item.number("line", 0...Int.max),
            text: try item.text("text"))
    }
}

extension ProcessIdentity {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
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
