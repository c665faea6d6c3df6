import Prober

extension HostNamespace {
    var json: JSONValue {
        var members: JSONMembers = [
            "name": .text(name), "inode": .unsigned(inode),
            "addresses": .array(addresses.map(\.json)), "links": .array(links.map(\.json)),
        ]
        members["container"] = container.map(JSONValue.text)
        return .object(members)
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.text("name"), inode: try item.number("inode", 0...UInt64.max),
            container: try item.optionalText("container"),
            addresses: try item.list("addresses", HostAddress.init(json:)),
            links: try item.list("links", Link.init(json:)))
    }
}

extension HostNamespace.Link {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "interface": .text(interface), "kind": .text(kind), "peer": .text(peer),
        ]
        members["bridge"] = bridge.map(JSONValue.text)
        return .object(members)
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            interface: try item.text("interface"), kind: try item.text("kind"),
            peer: try item.text("peer"), bridge: try item.optionalText("bridge"))
    }
}
