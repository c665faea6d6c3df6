import Prober

extension PartialListener {
    /// The words of `address_form`: what `address` is, where it is not all of an address.
    enum AddressForm: String, CaseIterable {
        case wildcard, cut, name
    }

    /// The listener as an object, marked `partial`; what is not known has no key.
    var json: JSONValue {
        var members = details.json
        members["partial"] = .boolean(true)
        members["transport"] = transport.map { .text($0.rawValue) }
        members["family"] = family.map { .text($0.rawValue) }
        switch address {
        case .whole(let address): members["address"] = .text("\(address)")
        case .wildcard: members["address_form"] = .text(AddressForm.wildcard.rawValue)
        case .cut(let text):
            members["address"] = .text(text)
            members["address_form"] = .text(AddressForm.cut.rawValue)
        case .name(let name):
            members["address"] = .text(name)
            members["address_form"] = .text(AddressForm.name.rawValue)
        case .notShown: break
        }
        switch port {
        case .number(let number): members["port"] = .unsigned(UInt64(number))
        case .name(let name, let ports):
            members["service"] = .text(name)
            members["ports"] = .text(ports.description)
        case .cut(let digits, let ports):
            members["port_beginning"] = .text(digits)
            members["ports"] = .text(ports.description)
        }
        return .object(members)
    }

    /// The listener in `item`.
    init(json item: JSONObjectReader) throws(InputError) {
        let address: Address
        switch try item.optionalWord("address_form", AddressForm.self) {
        case .wildcard: address = .wildcard
        case .cut: address = .cut(try item.text("address"))
        case .name: address = .name(try item.text("address"))
        case nil: address = item.has("address") ? .whole(try item.address("address")) : .notShown
        }
        let port: Port
        if let number = try item.optionalNumber("port", 0...UInt16.max) {
            port = .number(number)
        } else if let digits = try item.optionalText("port_beginning") {
            port = .cut(digits, try Self.ports(item))
        } else {
            port = .name(try item.text("service"), try Self.ports(item))
        }
        self.init(
            try item.optionalWord("transport"), try item.optionalWord("family"), address, port,
            details: try SocketDetails(json: item))
    }

    private static func ports(_ item: JSONObjectReader) throws(InputError) -> PortSet {
        let text = try item.optionalText("ports") ?? ""
        let ports = NmapReport.ports(text)
        guard ports.description == text else {
            throw item.error("ports", "is \"\(text)\"", "Ports as in \"2-3,7\" belong there.")
        }
        return ports
    }
}
